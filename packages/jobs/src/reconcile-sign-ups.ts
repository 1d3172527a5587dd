import { type Static, Type } from '@sinclair/typebox';
import { defineJob } from './define-job.ts';

export const ReconcileSignUpsPayload = Type.Object({});
export type ReconcileSignUpsPayload = Static<typeof ReconcileSignUpsPayload>;

/** Runs once in a while, whatever the number of workers. One that fails is not tried again: the next is soon. */
export const reconcileSignUps = defineJob({
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
