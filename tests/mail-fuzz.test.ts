import { openTestRedis, runAudit, startRawSmtpServer } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { makeUpReplies } from './support/made-up-replies.ts';
import { startProbe } from './support/probe.ts';
import { openWorld, type World } from './support/world.ts';

const seed = Number(process.env.MAIL_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** People whose addresses are nowhere but in their own records. */
const canary = /zerubbabel|quillfeather/i;
const locals = ['zerubbabel.', 'zerubbabel-', 'zerubbabel_', "o'zerubbabel.", 'zerubbabel+', 'a.zerubbabel='];
const emailOf = (number: number) =>
  `${locals[number % locals.length]}${number}@quillfeather-${number}.example`;

const people = 150;
/** The server gives so many replies before it is well-behaved. */
const replies = 900;

const signUp = (world: World, from: number, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => world.signUp(emailOf(from + index))));

const statusesOf = async (world: World, ids: string[]) =>
  (await world.findAll(ids)).map(({ status, welcomeEmail }) => welcomeEmail?.status ?? status);

test(`a mail server may say what it likes (MAIL_FUZZ_SEED=${seed})`, { timeout: 120_000 }, async () => {
  const nextReply = makeUpReplies(seed);
  await using opened = new AsyncDisposableStack();
  const redis = await openTestRedis();
  opened.defer(() => redis.stop());
  const smtp = await startRawSmtpServer();
  opened.defer(() => smtp.stop());
  smtp.closesIdleAfterMs = 1_500;
  const world = await openWorld(opened, redis, { SMTP_URL: smtp.url, EMAILS_CONCURRENCY: '40' });

  const probes = [`${world.workers[0]?.healthUrl}/livez`, `${world.apiUrl}/livez`].map(startProbe);
  let given = 0;
  smtp.script = (phase, recipient) => {
    given += 1;
    return nextReply(phase, recipient);
  };
  const ids = await signUp(world, 0, people);
  await expect.poll(() => given, { timeout: 60_000 }).toBeGreaterThan(replies);
  smtp.script = () => undefined;

  const after = await signUp(world, people, 10);
  const isSent = (status: string) => status === 'sent';
  await expect
    .poll(async () => (await statusesOf(world, after)).every(isSent), { timeout: 30_000 })
    .toBe(true);
  // None hangs at a server that has stopped to speak about it.
  await expect.poll(() => statusesOf(world, ids), { timeout: 20_000 }).not.toContain('sending');

  const [ofWorker = 0, ofIdle = 0] = await Promise.all(probes.map((probe) => probe.stop()));
  expect(ofWorker - ofIdle, 'the longest silence of the worker, in ms').toBeLessThan(1_000);
  expect(world.log).not.toMatch(canary);
  const errors = (await world.findAll([...ids, ...after])).map(({ welcomeEmail }) => welcomeEmail?.error);
  expect(errors.filter((error) => error !== undefined && canary.test(error))).toEqual([]);
  const audit = await runAudit({ REDIS_URL: redis.url, KEY_PREFIX: redis.prefix });
  expect(audit, audit.output).toMatchObject({ code: 0 });
});
