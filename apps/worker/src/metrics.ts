import { reconcileSignUpsJob } from '@backend-jobs/jobs';
import { aroundSend, type Mailer } from '@backend-jobs/mail';
import { acceptedAtMs, type SignUpEvents } from '@backend-jobs/sign-ups';
import { createProcessMetrics } from '@backend-jobs/telemetry/metrics';
import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import { DelayedError, WaitingChildrenError, type Worker } from 'bullmq';
import type { ObserveRun } from './start-worker.ts';

const waitBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200];
const runBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
const welcomeBuckets = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3_600, 14_400, 43_200, 86_400,
];

/** What the metrics of a worker listen to, and what serves them. */
export interface WorkerMetrics {
  source: Registry;
  signUps: SignUpEvents;
  observeRun: ObserveRun;
  watch(worker: Worker): void;
  observeMailer(mailer: Mailer): Mailer;
}

/** Every metric of a worker; docs/metrics.md says what each is for. */
export const createWorkerMetrics = (options: {
  isRedisAway: () => boolean;
  isMailOut: () => boolean;
  /** The id of the trace that is under way. It becomes the exemplar of the welcome's duration. */
  traceId: () => string | undefined;
}): WorkerMetrics => {
  const { registry, ended } = createProcessMetrics({ app: 'worker', isRedisAway: options.isRedisAway });
  const registers = [registry];

  const welcomeDuration = new Histogram<'trace_id'>({
    name: 'sign_up_welcome_duration_seconds',
    help: 'From the acceptance of a sign-up until the mail server has taken the welcome',
    buckets: welcomeBuckets,
    enableExemplars: true,
    registers,
  });
  const waitDuration = new Histogram({
    name: 'job_wait_duration_seconds',
    help: 'From the adding of a job until its first start',
    labelNames: ['queue'],
    buckets: waitBuckets,
    registers,
  });
  const processDuration = new Histogram({
    name: 'job_process_duration_seconds',
    help: 'One run of a job',
    labelNames: ['queue', 'result'],
    buckets: runBuckets,
    registers,
  });
  const stalled = new Counter({
    name: 'jobs_stalled_total',
    help: 'Jobs whose worker died, or did not renew its lock in time',
    labelNames: ['queue'],
    registers,
  });
  const sendDuration = new Histogram({
    name: 'mail_send_duration_seconds',
    help: 'One dialogue with the mail server about one message, or the attempt to connect',
    labelNames: ['result'],
    buckets: runBuckets,
    registers,
  });
  const found = new Counter({
    name: 'reconciler_found_total',
    help: 'Sign-ups whose email had been open for a while, by what the reconciler found and repaired',
    labelNames: ['found'],
    registers,
  });
  new Gauge({
    name: 'mail_server_available',
    help: 'Whether mail can be sent, as this worker last saw it',
    registers,
    collect() {
      this.set(options.isMailOut() ? 0 : 1);
    },
  });

  return {
    source: registry,

    signUps: {
      ended,
      welcomed: (id, sentAt) => {
        const value = Math.max(0, (Date.parse(sentAt) - acceptedAtMs(id)) / 1_000);
        const traceId = options.traceId();
        welcomeDuration.observe({
          value,
          ...(traceId && { exemplarLabels: { trace_id: traceId } }),
        });
      },
    },

    observeRun: async (queue, run) => {
      const startedAtMs = performance.now();
      const observe = (result: string) =>
        processDuration.observe({ queue, result }, secondsSince(startedAtMs));
      try {
        const report = await run();
        observe('completed');
        return report;
      } catch (error) {
        observe(resultOf(error));
        throw error;
      }
    },

    watch: (worker) => {
      const { name: queue } = worker;
      stalled.inc({ queue }, 0);
      worker.on('stalled', () => stalled.inc({ queue }));
      worker.on('active', ({ attemptsStarted, processedOn, timestamp, delay }) => {
        if (attemptsStarted > 1 || processedOn === undefined) return;
        waitDuration.observe({ queue }, Math.max(0, processedOn - timestamp - delay) / 1_000);
      });
      worker.on('completed', ({ name }, report) => {
        if (name === reconcileSignUpsJob.name) count(found, report);
      });
    },

    observeMailer: (mailer) => {
      const observed = aroundSend(mailer, async (_message, send) => {
        const startedAtMs = performance.now();
        const outcome = await send();
        const result = outcome.kind === 'sent' ? 'taken' : outcome.kind;
        // `crowded`: the message was not tried.
        if (result !== 'crowded') sendDuration.observe({ result }, secondsSince(startedAtMs));
        return outcome;
      });
      return {
        ...observed,
        connect: async () => {
          const startedAtMs = performance.now();
          const connected = await observed.connect();
          if (connected.kind !== 'connected')
            sendDuration.observe({ result: connected.kind }, secondsSince(startedAtMs));
          return connected;
        },
      };
    },
  };
};

const secondsSince = (startedAtMs: number): number => (performance.now() - startedAtMs) / 1_000;

const resultOf = (error: unknown): string => {
  if (error instanceof WaitingChildrenError) return 'parked';
  return error instanceof DelayedError ? 'put_back' : 'failed';
};

/** The report of a run of the reconciler. */
const count = (found: Counter<'found'>, report: Record<string, number>): void => {
  for (const [name, number] of Object.entries(report)) found.inc({ found: name }, number);
};
