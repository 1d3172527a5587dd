import { type Static, Type } from '@sinclair/typebox';
import { defineJob } from './define-job.ts';

export const ReconcileSignUpsPayload = Type.Object({});
export type ReconcileSignUpsPayload = Static<typeof ReconcileSignUpsPayload>;

/** Runs at a fixed interval, whatever the number of workers. A failed run is not tried again: the next one is soon. */
export const reconcileSignUpsJob = defineJob({
  name: 'reconcile-sign-ups',
  queue: 'maintenance',
  version: 1,
  payload: ReconcileSignUpsPayload,
  options: {
    attempts: 1,
    backoff: { type: 'custom', delay: 1_000 },
    removeOnComplete: { count: 100 },
    removeOnFail: { count: 100 },
  },
});
