import { type SignUpEnd, signUpEnds } from '@backend-jobs/sign-ups';
import { Counter, collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';

/** The metrics that both apps have. Each app adds its own to the registry. */
export interface ProcessMetrics {
  registry: Registry;
  /** Counts the end of a sign-up. */
  ended(end: SignUpEnd): void;
}

/**
 * Makes the registry of a process. It always speaks OpenMetrics, which has exemplars: this client changes the names of
 * counters for it in place, so it can't be chosen by request.
 */
export const createProcessMetrics = (options: {
  app: string;
  isRedisAway: () => boolean;
}): ProcessMetrics => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'build_info',
    help: 'Always 1; what runs is in the labels',
    labelNames: ['app', 'node'],
    registers,
  }).set({ app: options.app, node: process.version }, 1);
  new Gauge({
    name: 'redis_available',
    help: 'Whether Redis can be reached and takes writes',
    registers,
    collect() {
      this.set(options.isRedisAway() ? 0 : 1);
    },
  });
  const settled = new Counter({
    name: 'sign_ups_settled_total',
    help: 'Accepted sign-ups by their first end',
    labelNames: ['outcome'],
    registers,
  });
  // From the start on, since Prometheus sees no increase from nothing to 1.
  for (const outcome of signUpEnds) settled.inc({ outcome }, 0);
  return { registry, ended: (outcome) => settled.inc({ outcome }) };
};
