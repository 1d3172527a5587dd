import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startTestRedis, startWire } from '@backend-jobs/local-services';
import { describe, test } from 'vitest';
import { type Answer, accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { countedRequests } from './support/own-redis.ts';
import { openWorld, type SignUp, type World } from './support/world.ts';

/** Many times what a lock lasts, so that what a worker held is lost to it, and what a silence is borne. */
const outageMs = 30_000;

const outages = ['frozen', 'gone without a word'] as const;
const policies = ['resend', 'hold'] as const;
const cases = outages.flatMap((outage) => policies.map((policy) => ({ outage, policy })));

/** A world of its own, in the middle of sending, whose Redis goes away when it is told to. */
const openDoomedWorld = async ({ outage, policy }: (typeof cases)[number], opened: AsyncDisposableStack) => {
  const port = await freePort();
  const wire = await startWire(port);
  opened.defer(() => wire.stop());
  const redis = await startTestRedis({ appendfsync: 'always', port, reachedAt: wire.port });
  opened.defer(() => redis.stop());
  const env = { ...countedRequests, WELCOME_EMAIL_ON_UNKNOWN: policy };
  const world = await openWorld(opened, redis, env);
  const goAway = async () => (outage === 'frozen' ? redis.freeze() : wire.halt());
  const comeBack = async () => (outage === 'frozen' ? redis.thaw() : wire.restore());
  return { world, goAway, comeBack };
};

const readiness = async (world: World) => (await fetch(`${world.apiUrl}/readyz`)).status;

const befores = Array.from({ length: 50 }, (_, index) => `before.${index}@example.com`);

/** As a client does: again after a 503, under one key. Redis can be slow to answer on a machine that has much to do. */
const signUpAtLast = async (world: World, email: string): Promise<string> => {
  for (;;) {
    const response = await world.post({ name: 'Ada', email }, { 'idempotency-key': email });
    const { id } = (await response.json()) as SignUp;
    if (response.status === 202) return id;
    if (response.status !== 503) throw new Error(`${email}: ${response.status}`);
    await sleep(1_000 * Number(response.headers.get('retry-after')));
  }
};

const emailsOf = (answers: Answer[]) =>
  answers.filter(({ status }) => status === 202).map(({ email }) => email);

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

describe.concurrent('Redis for half a minute', () => {
  test.for(cases)(
    '$outage, under $policy: not ready, 503, and all heals by itself; a second copy only where it is counted',
    { timeout: 150_000 },
    async (scene, { expect, onTestFinished }) => {
      const opened = new AsyncDisposableStack();
      onTestFinished(() => opened.disposeAsync());
      const { world, goAway, comeBack } = await openDoomedWorld(scene, opened);
      world.smtp.script = { onFinalDot: () => 100 };
      const ids = await Promise.all(befores.map((email) => signUpAtLast(world, email)));

      await goAway();
      const awayAtMs = Date.now();
      await expect.poll(() => readiness(world), { timeout: 10_000 }).toBe(503);
      const stopSigningUp = keepSigningUp(world, { tag: 'meanwhile', perSecond: 5 });
      await sleep(awayAtMs + outageMs - Date.now());
      await comeBack();

      await expect.poll(() => readiness(world)).toBe(200);
      const answers = await stopSigningUp();
      expect(answers.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
      const after = 'after@example.com';
      ids.push(...accepted(answers), await signUpAtLast(world, after));

      const settled = scene.policy === 'hold' ? ['sent', 'unknown'] : ['sent'];
      const countSettled = async () =>
        (await world.findAll(ids)).filter(({ welcomeEmail }) => settled.includes(welcomeEmail?.status ?? ''))
          .length;
      await expect.poll(countSettled, { timeout: 40_000, interval: 250 }).toBe(ids.length);
      const copies = befores.map((email) => world.smtp.to(email).length);
      const uncertain = (await world.findAll(ids)).map(
        ({ welcomeEmail }) => welcomeEmail?.uncertainAttempts ?? 0,
      );
      if (scene.policy === 'hold') expect(Math.max(...copies)).toBe(1);
      // Others may be mailed, too: Redis did what it was asked for them, and its reply came too late for a 202.
      const theirs = new Set([...befores, after, ...emailsOf(answers)]);
      const mailed = world.smtp.messages.flatMap(({ to }) => to).filter((email) => theirs.has(email));
      expect(mailed.length).toBeLessThanOrEqual(ids.length + sum(uncertain));
      expect(new Set(mailed).size).toBeGreaterThanOrEqual(await countWelcomed(world, ids));
    },
  );
});
