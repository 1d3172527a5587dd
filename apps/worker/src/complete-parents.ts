import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createUserJob, type Queues } from '@backend-jobs/jobs';
import {
  type BackendFactory,
  createRedisBackend,
  Job,
  type MinimalJob,
  type RedisQueueBackend,
  raw2NextJobData,
  type Worker,
} from 'bullmq';
import { moveToFinished } from 'bullmq/dist/esm/scripts/moveToFinished-14.js';
import type { Redis } from 'ioredis';
import { welcomedReport } from './processors/create-user.ts';
import { sentReport } from './processors/send-welcome-email.ts';

/** The SHA-256 of BullMQ's script that complete-parent.lua was written for. */
const knownScript = '8e744ec5d65dbe9e7ffb6e39a96c0268bba65e4f0b1d04e2d2a42ccb71b45a6d';

/** Whether BullMQ still completes jobs in the way that complete-parent.lua builds on. */
export const canCompleteParents = (script = moveToFinished.content): boolean =>
  createHash('sha256').update(script).digest('hex') === knownScript;

/** It makes its functions, which takes a while, and then calls them. The calls alone are wanted twice. */
const [functions, calls] = moveToFinished.content.split(/^(?=local jobIdKey = )/m);
const lua = `${functions}
local function move_to_finished(KEYS, ARGV)
${calls}
end
${readFileSync(new URL('./complete-parent.lua', import.meta.url), 'utf8')}`;

type Complete = (
  this: Redis,
  ...keysAndArgs: unknown[]
) => Promise<[reply: number | unknown[], isParentCompleted: 0 | 1]>;

/**
 * For the worker of the emails. When an email was sent, its job and the `create-user` that is parked for it are completed
 * in one step of Redis. The parent has no second pass then, and `users`, its worker, says that it has completed. Whatever
 * else ends takes BullMQ's own way.
 */
export const completeParents =
  (connection: Redis, users: Worker, { optionsOf }: Queues): BackendFactory<RedisQueueBackend> =>
  (queue, workerOptions, connections) => {
    connection.defineCommand('completeParent', { lua, numberOfKeys: moveToFinished.keys });
    const complete = Reflect.get(connection, 'completeParent') as Complete;
    const options = optionsOf(createUserJob);
    const { removeOnComplete = false } = options;
    const backend = createRedisBackend(queue, workerOptions, connections);
    const completeAlone = backend.moveToCompleted.bind(backend);

    backend.moveToCompleted = async (...step) => {
      const [, report, ...rest] = step;
      const child: MinimalJob = step[0];
      if (report !== sentReport || !child.parent) return completeAlone(...step);
      const parent = new Job(users, createUserJob.name, child.data, options, child.parent.id);
      const args = backend.moveToCompletedArgs(child, JSON.stringify(report), ...rest);
      const parentArgs = users
        .getBackend()
        .moveToCompletedArgs(parent, JSON.stringify(welcomedReport), removeOnComplete, '0');
      const [reply, isParentCompleted] = await complete.call(connection, ...args, ...parentArgs);
      if (typeof reply === 'number' && reply < 0) return completeAlone(...step); // which throws what this means
      const finishedOn = Number(args[moveToFinished.keys + 1]);
      Object.assign(parent, { processedOn: finishedOn, finishedOn });
      // After its child.
      if (isParentCompleted) setImmediate(() => users.emit('completed', parent, welcomedReport, 'active'));
      return { result: Array.isArray(reply) ? raw2NextJobData(reply) : [], finishedOn };
    };
    return backend;
  };
