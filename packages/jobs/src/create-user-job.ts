import { NewUser, UserId } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { defineJob } from './define-job.ts';

export const RequestId = Type.String({ description: 'The id of the HTTP request, for the logs' });

/**
 * The parent of the flow. Where Redis keeps the sign-ups, `newUser` is there until the user is stored and the email
 * attached; after that the job holds nothing personal. Where PostgreSQL keeps them, no job ever does.
 */
export const CreateUserPayload = Type.Object({
  userId: UserId,
  requestId: RequestId,
  newUser: Type.Optional(NewUser),
});
export type CreateUserPayload = Static<typeof CreateUserPayload>;

export const createUserJob = defineJob({
  name: 'create-user',
  queue: 'users',
  version: 1,
  payload: CreateUserPayload,
  options: {
    attempts: 10,
    backoff: { type: 'custom', delay: 1_000 },
    stackTraceLimit: 3,
    removeOnComplete: { age: 60 * 60, count: 10_000 },
    // A failed sign-up waits for an operator; until then its job is the only place that has the person's details.
    removeOnFail: false,
  },
});
