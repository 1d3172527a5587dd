import type { AcceptedSignUps, NewUser, SignUp, SignUpStore, UserId } from '@backend-jobs/sign-ups';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { createUserJob } from './create-user-job.ts';
import { scorePerMs } from './job-states.ts';
import type { Queues } from './queues.ts';
import { emailJobId } from './send-welcome-email-job.ts';

/** The state of a job. Times are in ms since 1970. */
export interface JobFacts {
  id: string;
  /** As BullMQ calls it. A job whose worker has died is `waiting` until another one has it. */
  state: 'waiting' | 'active' | 'delayed' | 'waiting-children' | 'completed' | 'failed';
  addedMs: number;
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** When a `delayed` one is due. */
  dueMs: number | undefined;
  /** How many attempts have ended since it was added or retried, the one that succeeded among them. */
  attempts: number;
  /** How often a worker has died with it. */
  losses: number;
  /** Why its last attempt failed. */
  failure: string | undefined;
}

/** All there is to know of one sign-up. */
export interface SignUpFacts {
  id: UserId;
  /** What the store has; `undefined` while the sign-up waits. */
  signUp: SignUp | undefined;
  createUser: JobFacts | undefined;
  sendWelcomeEmail: JobFacts | undefined;
  /** The person of a sign-up that waits or has failed, as the store or its job has them. Mask them. */
  newUser: NewUser | undefined;
}

/**
 * Finds one sign-up: `undefined` if neither the store nor the queues know it. It takes ten commands at most, each of which
 * looks one thing up, however many sign-ups there are. (BullMQ's own way to a job's state searches the lists of those that
 * wait.)
 *
 * By address it finds users alone: a sign-up that waits, or that has failed, has its address in its job only, and is found
 * by its id. Those that failed are in the group of their reason.
 */
export const findSignUp = async (
  {
    connection,
    queues,
    signUpStore,
    accepted,
  }: { connection: Redis; queues: Queues; signUpStore: SignUpStore; accepted?: AcceptedSignUps | undefined },
  by: { id: UserId } | { email: string },
): Promise<SignUpFacts | undefined> => {
  const id = 'id' in by ? by.id : await signUpStore.findIdByEmail(by.email);
  if (id === undefined) return undefined;
  const [signUp, waiting, parent, email] = await Promise.all([
    signUpStore.find(id),
    accepted?.findWaiting(id),
    readJobFacts(connection, queues.users, id),
    readJobFacts(connection, queues.emails, emailJobId(id)),
  ]);
  if (!signUp && !waiting && !parent && !email) return undefined;
  const payload: unknown = parent?.data;
  return {
    id,
    signUp,
    createUser: parent?.facts,
    sendWelcomeEmail: email?.facts,
    newUser: waiting?.newUser ?? (createUserJob.isPayload(payload) ? payload.newUser : undefined),
  };
};

const fields = ['timestamp', 'processedOn', 'finishedOn', 'failedReason', 'atm', 'stc', 'data'] as const;

const readJobFacts = async (
  connection: Redis,
  queue: Queue,
  id: string,
): Promise<{ facts: JobFacts; data: unknown } | undefined> => {
  const [values, delayed, parked, locked] = await Promise.all([
    connection.hmget(queue.toKey(id), ...fields),
    connection.zscore(queue.toKey('delayed'), id),
    connection.zscore(queue.toKey('waiting-children'), id),
    connection.exists(`${queue.toKey(id)}:lock`),
  ]);
  const [timestamp, processedOn, finishedOn, failedReason, attempts, losses, data] = values;
  if (!timestamp) return undefined;
  const stateBySet = delayed ? 'delayed' : parked ? 'waiting-children' : locked ? 'active' : 'waiting';
  const facts: JobFacts = {
    id,
    state: finishedOn ? (failedReason ? 'failed' : 'completed') : stateBySet,
    addedMs: Number(timestamp),
    startedMs: toMs(processedOn),
    endedMs: toMs(finishedOn),
    dueMs: delayed ? Math.floor(Number(delayed) / scorePerMs) : undefined,
    attempts: Number(attempts ?? 0),
    losses: Number(losses ?? 0),
    failure: failedReason ?? undefined,
  };
  return { facts, data: parse(data ?? '') };
};

const toMs = (text: string | null | undefined): number | undefined => (text ? Number(text) : undefined);

/** Somebody may have changed it by hand. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
