import type { QueueState } from '@backend-jobs/jobs';
import type { SignUpEvents } from '@backend-jobs/sign-ups';
import type { MetricsSource } from '@backend-jobs/telemetry';
import { createProcessMetrics } from '@backend-jobs/telemetry/metrics';
import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import fp from 'fastify-plugin';
import { problems } from './problems/problem.ts';
import type { QueueSnapshot, ReadQueues } from './read-queues.ts';
import type { ReadScaling } from './read-scaling.ts';

/** As OpenTelemetry's semantic conventions for HTTP say. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What the metrics of the API listen to, and what serves them. */
export interface ApiMetrics {
  source: Registry;
  /** For what starts and stops workers, in JSON. */
  scaling: MetricsSource;
  signUps: SignUpEvents;
  onAccepted(accepted: { isReplay: boolean }): void;
  /** Counts requests. */
  plugin: FastifyPluginAsync;
}

/** Every metric of the API; docs/metrics.md says what each is for. */
export const createApiMetrics = (options: {
  isRedisAway: () => boolean;
  readQueues: ReadQueues;
  readScaling: ReadScaling;
  openStreams: () => number;
}): ApiMetrics => {
  const { registry, ended } = createProcessMetrics({ app: 'api', isRedisAway: options.isRedisAway });
  const registers = [registry];

  const requestDuration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'From the first byte of a request until its response is sent',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: requestBuckets,
    registers,
  });
  new Gauge({
    name: 'http_server_open_streams',
    help: 'Open streams on which clients follow a sign-up',
    registers,
    collect() {
      this.set(options.openStreams());
    },
  });
  const accepted = new Counter({
    name: 'sign_ups_accepted_total',
    help: 'Requests that were answered with 202; a replay is one of a sign-up that was accepted before',
    labelNames: ['replay'],
    registers,
  });
  for (const replay of ['true', 'false']) accepted.inc({ replay }, 0);
  const refused = new Counter({
    name: 'sign_ups_refused_total',
    help: 'Requests to sign up that were answered with a problem',
    labelNames: ['problem'],
    registers,
  });
  for (const problem of Object.keys(problems)) refused.inc({ problem }, 0);

  registerQueueGauges(registry, options.readQueues);
  new Gauge({
    name: 'scaling_oldest_waiting_age_seconds',
    help: 'How long the oldest sign-up or email has waited for its first start, as GET /scaling has it',
    registers,
    async collect() {
      const scaling = await options.readScaling();
      if (scaling) this.set(scaling.oldestWaitingSeconds);
      else this.remove();
    },
  });
  const scaling: MetricsSource = {
    contentType: 'application/json',
    metrics: async () => {
      const scaling = await options.readScaling();
      return scaling && JSON.stringify(scaling);
    },
  };

  const plugin = async (app: FastifyInstance) => {
    // By a callback: a promise for each request would cost as much as the counting.
    app.addHook('onResponse', (request, reply, done) => {
      const { method, routeOptions } = request;
      const labels = {
        http_request_method: knownMethods.has(method) ? method : '_OTHER',
        http_route: routeOptions.url ?? 'none',
        http_response_status_code: reply.statusCode,
      };
      requestDuration.observe(labels, reply.elapsedTime / 1_000);
      if (reply.problemKind && routeOptions.config.signsUp) refused.inc({ problem: reply.problemKind });
      done();
    });
  };

  return {
    source: registry,
    scaling,
    signUps: { ended, welcomed: () => {} },
    onAccepted: ({ isReplay }) => accepted.inc({ replay: String(isReplay) }),
    plugin: fp(plugin, { name: 'metrics' }),
  };
};

/** Gauges of what all processes share. Each API reports the same, so dashboards and alerts take the highest, never the sum. */
const registerQueueGauges = (registry: Registry, read: ReadQueues): void => {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    show: (gauge: Gauge<Label>, snapshot: QueueSnapshot) => void,
  ) =>
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [registry],
      // While Redis is away these gauges have no value: an old number would look like a fact.
      async collect() {
        const snapshot = await read();
        this.reset();
        if (snapshot) show(this, snapshot);
        else if (labelNames.length === 0) this.remove();
      },
    });
  const ofEachQueue = (name: string, help: string, toValue: (state: QueueState) => number) =>
    gauge(name, help, ['queue'], (it, { queues }) => {
      for (const { name: queue, state } of queues) it.set({ queue }, toValue(state));
    });

  gauge('queue_jobs', 'Jobs in the queue, by their state', ['queue', 'state'], (it, { queues }) => {
    for (const { name: queue, state } of queues)
      for (const [name, count] of Object.entries(state.counts)) it.set({ queue, state: name }, count);
  });
  ofEachQueue(
    'queue_oldest_waiting_age_seconds',
    'How long the oldest job has waited for its first start',
    ({ oldestWaitingMs }) => secondsSince(oldestWaitingMs),
  );
  ofEachQueue(
    'queue_oldest_failed_age_seconds',
    'How old the oldest failure is that nobody has retried or removed',
    ({ oldestFailedMs }) => secondsSince(oldestFailedMs),
  );
  ofEachQueue('queue_paused', 'Whether an operator has paused the queue', ({ isPaused }) =>
    isPaused ? 1 : 0,
  );
  gauge(
    'sign_up_oldest_unsettled_age_seconds',
    'How long the oldest welcome email has been under way',
    [],
    (it, { oldestUnsettledMs }) => it.set(oldestUnsettledMs / 1_000),
  );
};

const secondsSince = (sinceMs: number | undefined): number =>
  sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs) / 1_000;
