import { expect } from 'vitest';
import { test as base } from './support/own-redis.ts';
import { openOperator, redisRefusals, skipWhereImpossible } from './support/redis-refusals.ts';
import { store } from './support/test-store.ts';

const traces = /zerubbabel|quillfeather/i;
const person = (tag: string) => ({
  name: 'Zerubbabel Quillfeather',
  email: `zerubbabel.${tag.toLowerCase()}@quillfeather-canary.example`,
});

const test = base.extend('operator', { scope: 'file' }, async ({ redis }, { onCleanup }) => {
  const operator = await openOperator(redis.url);
  onCleanup(() => operator.disconnect());
  return operator;
});

/** What the worker logs that may not make the user, where that is Redis' to refuse. */
const workerLogs: Record<string, RegExp> =
  store === 'redis' ? { NOPERM: /"process":"worker".*NOPERM.*"job will be tried again"/ } : {};

test.for(Object.entries(redisRefusals))(
  'while Redis refuses with %s, no log line has anything of the person, and none has a stack',
  { timeout: 120_000 },
  async ([reply, { begin, end }], { world, redis, operator, skip }) => {
    skipWhereImpossible(reply, skip);
    const before = world.log.length;
    const log = () => world.log.slice(before);
    await world.operate('PUT', '/queues/users/pause');
    const id = await world.signUp(person(`${reply}.waits`).email, person(`${reply}.waits`));
    await begin(operator, redis.dataDir);
    try {
      // Redis may refuse this, too. Where it does not, the worker is refused the making of the user.
      await world.operate('PUT', '/queues/users/resume');
      await expect.poll(async () => (await world.post(person(`${reply}.refused`))).status).toBe(503);
      // The connection to a replica is dropped, and then there is none to write to.
      await expect
        .poll(log)
        .toMatch(new RegExp(`"reason":"[^"]*\\b(${reply}|writeable)\\b[^"]*","msg":"request refused"`));
      await expect.poll(log).toMatch(workerLogs[reply] ?? /./);
    } finally {
      await end(operator, redis.dataDir);
    }
    await expect.poll(async () => (await world.operate('PUT', '/queues/users/resume')).status).toBe(200);
    await expect.poll(() => world.find(id), { timeout: 15_000 }).toMatchObject({ status: 'created' });
    expect(log()).not.toMatch(traces);
    expect(log()).not.toMatch(/\\n +at /);
  },
);
