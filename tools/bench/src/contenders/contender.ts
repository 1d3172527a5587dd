import type { RunningApi, RunningProgram } from '@backend-jobs/local-services';

/** Something that answers `POST /users` with 202. */
export interface Acceptor<Name extends string = string> {
  readonly name: Name;
  startApi(services: { redisUrl: string }): Promise<RunningApi>;
}

export interface WorkerStart {
  redisUrl: string;
  smtpUrl: string;
  /** Of each of its two kinds of job; its own default, if it is not given. */
  concurrency?: number | undefined;
}

/** A whole sign-up service: an API, and a worker that stores the user and sends the email. */
export interface Contender<Name extends string = string> extends Acceptor<Name> {
  /** Its queues in Redis, `prefix:queue`. What lies below, Bull and BullMQ name alike. */
  readonly queues: readonly string[];
  startWorker(start: WorkerStart): Promise<RunningProgram>;
}
