import {
  openTestRedis,
  type RunningApi,
  type RunningWorker,
  runAudit,
  startRawSmtpServer,
} from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { apiKeysEnv } from './support/api-key.ts';
import { makeUpReplies } from './support/made-up-replies.ts';
import { type Silence, startProbe } from './support/probe.ts';
import { openWorld, type World } from './support/world.ts';

const seed = Number(process.env.MAIL_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A whole address in any form, which must be nowhere but in the person's own record. */
const address = /zerubbabel[^\s"]*(?:@|%40|=40|&#64;)|(?:@|%40|=40|&#64;)quillfeather/i;

/**
 * A part of this person's address. It is only known in what is said about this person: the made-up replies fall out of
 * step, and what names one person can then be the reply about another.
 */
const partsOf = (number: number): RegExp =>
  new RegExp(`zerubbabel[^\\s\\d"]*${number}(?!\\d)|quillfeather-${number}(?!\\d)`, 'i');
const locals = ['zerubbabel.', 'zerubbabel-', 'zerubbabel_', "o'zerubbabel.", 'zerubbabel+', 'a.zerubbabel='];
const emailOf = (number: number) =>
  `${locals[number % locals.length]}${number}@quillfeather-${number}.example`;

const people = 150;
/** The server gives so many replies before it is well-behaved. */
const replies = 600;

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
  const world = await openWorld(opened, redis, {
    ...apiKeysEnv,
    SMTP_URL: smtp.url,
    EMAILS_CONCURRENCY: '40',
  });

  const [worker, api] = [world.workers[0] as RunningWorker, world.apis[0] as RunningApi];
  const probes = [
    startProbe(worker.pid, `${worker.healthUrl}/livez`),
    startProbe(api.pid, `${api.url}/livez`),
  ];
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

  const [ofWorker, ofIdle] = (await Promise.all(probes.map((probe) => probe.stop()))) as [Silence, Silence];
  // What blocks the event loop takes a processor for so long, and not only the time for which others had it.
  const blockedMs = Math.min(ofWorker.processorMs, ofWorker.timeMs - ofIdle.timeMs);
  expect(blockedMs, 'the longest silence of the worker').toBeLessThan(1_000);
  expect(world.log).not.toMatch(address);
  const lines = world.log.split('\n');
  for (const [number, signUp] of (await world.findAll([...ids, ...after])).entries()) {
    const aboutThem = lines.filter((line) => line.includes(`welcome-${signUp.id}`));
    expect([signUp.welcomeEmail?.error ?? '', ...aboutThem].join('\n')).not.toMatch(partsOf(number));
  }
  const audit = await runAudit(world.env);
  expect(audit, audit.output).toMatchObject({ code: 0 });
});
