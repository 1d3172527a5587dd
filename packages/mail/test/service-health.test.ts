import { openTestRedis, type TestRedis } from '@backend-jobs/local-services';
import { createLogger } from '@backend-jobs/runtime';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MailOutcome, Refusals } from '../src/mail-outcome.ts';
import { createMailPulse } from '../src/mail-pulse.ts';
import { createServiceHealth, type ServiceHealth } from '../src/service-health.ts';

let redis: TestRedis;
let connection: Redis;
let pauses: number;
let prefixes = 0;
let prefix: string;

const logger = createLogger({ process: 'test', level: 'silent', production: true });

/** One worker's view; all of a test share their Redis. */
const openWorker = (): ServiceHealth =>
  createServiceHealth({
    pulse: createMailPulse(connection, prefix),
    pauseEmails: async () => {
      pauses += 1;
    },
    logger,
  });

const nowMs = async (): Promise<number> => createMailPulse(connection, prefix).nowMs();
const denied: MailOutcome = {
  kind: 'suspect',
  reason: '554 5.7.1 Relay access denied',
  evidence: 'RCPT TO 554 7.1',
};
const tried = (recipient: string, claimedMs: number, refusals?: Refusals) => ({
  recipient,
  claimedMs,
  refusals,
});

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});
beforeEach(() => {
  prefixes += 1;
  prefix = `${redis.prefix}:${prefixes}`;
  pauses = 0;
});

describe('a refusal that may be the service’s', () => {
  /** Ada’s message is refused again, over this worker. */
  const refuse = async (worker: ServiceHealth, before?: MailOutcome): Promise<MailOutcome> => {
    const refusals = before && 'refusals' in before ? before.refusals : undefined;
    return worker.judge(denied, tried('ada@a.example', await nowMs(), refusals));
  };
  /** A message that is begun later than all that has happened so far passes. */
  const pass = async (worker: ServiceHealth) => {
    const beforeMs = await nowMs();
    await expect.poll(nowMs).toBeGreaterThan(beforeMs);
    await worker.judge({ kind: 'sent' }, tried('bob@b.example', await nowMs()));
  };

  test('is not final as long as no other message passes', async () => {
    const worker = openWorker();
    const first = await refuse(worker);
    let last = first;
    for (let again = 0; again < 10; again++) last = await refuse(worker, last);
    expect(last).toEqual(first);
    expect(first).toMatchObject({ kind: 'suspect', refusals: { count: 1 } });
  });

  test('is final the fourth time, when a later message passed after each of the others, over any worker', async () => {
    const first = await refuse(openWorker());
    await pass(openWorker());
    const second = await refuse(openWorker(), first);
    await pass(openWorker());
    const third = await refuse(openWorker(), second);
    expect(third).toMatchObject({ kind: 'suspect', refusals: { count: 3 } });
    await pass(openWorker());
    expect(await refuse(openWorker(), third)).toEqual({
      kind: 'refused',
      reason: '554 5.7.1 Relay access denied',
    });
  });

  test('does not count by a message that was begun before the refusal', async () => {
    const worker = openWorker();
    const earlierMs = await nowMs();
    await expect.poll(nowMs).toBeGreaterThan(earlierMs);
    const first = await refuse(worker);
    await worker.judge({ kind: 'sent' }, tried('bob@b.example', earlierMs));
    expect(await refuse(worker, first)).toEqual(first);
  });
});

describe('the emails', () => {
  const refuse = async (worker: ServiceHealth, recipients: string[]) => {
    for (const recipient of recipients) await worker.judge(denied, tried(recipient, await nowMs()));
  };

  test('pause when messages to four domains get the same fault and none passes', async () => {
    const worker = openWorker();
    await refuse(worker, ['a@a.example', 'b@b.example', 'c@c.example']);
    expect(pauses).toBe(0);
    await refuse(worker, ['d@d.example']);
    expect(pauses).toBe(1);
  });

  test('do not pause for many messages to one registrable domain', async () => {
    const recipients = Array.from({ length: 20 }, (_, index) => `a@sub${index}.one.example`);
    await refuse(openWorker(), recipients);
    expect(pauses).toBe(0);
  });

  test('do not pause when a message passes in between', async () => {
    const worker = openWorker();
    await refuse(worker, ['a@a.example', 'b@b.example', 'c@c.example']);
    await worker.judge({ kind: 'sent' }, tried('good@g.example', await nowMs()));
    await refuse(worker, ['d@d.example', 'e@e.example', 'f@f.example']);
    expect(pauses).toBe(0);
  });

  test('do not pause for greylisting, which says nothing about the service', async () => {
    const worker = openWorker();
    for (const domain of ['a', 'b', 'c', 'd', 'e'])
      await worker.judge(
        {
          kind: 'deferred',
          reason: '450 4.2.0 greylisted',
          evidence: 'RCPT TO 450 2.0',
          about: 'message',
        },
        tried(`x@${domain}.example`, await nowMs()),
      );
    expect(pauses).toBe(0);
  });

  test('pause when there is no connection, but not while another worker’s mail passes', async () => {
    const [worker, other] = [openWorker(), openWorker()];
    await worker.unavailable('connect ECONNREFUSED');
    expect(pauses).toBe(1);
    await other.judge({ kind: 'sent' }, tried('bob@b.example', await nowMs()));
    await worker.unavailable('421 too many connections');
    expect(pauses).toBe(1);
  });
});
