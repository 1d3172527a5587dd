import {
  appMain,
  type RedisServer,
  runAudit,
  runProgram,
  serverFaults,
  startRedis,
  startRedisCluster,
  startReplica,
  startSentinels,
} from '@backend-jobs/local-services';
import { describe, expect, test } from 'vitest';
import { accepted, keepSigningUp } from './support/load.ts';
import { basic } from './support/login.ts';
import { admin, openWorld, type World } from './support/world.ts';

/** How the parts of a Redis with replicas are found: the URL, and who is the master. */
interface Servers {
  url: string;
  master: () => Promise<RedisServer>;
}

const kinds: { kind: string; start: (opened: AsyncDisposableStack) => Promise<Servers> }[] = [
  {
    kind: 'behind Sentinel',
    start: async (opened) => {
      const first = await startRedis();
      opened.defer(() => first.stop());
      const second = await startReplica(first);
      opened.defer(() => second.stop());
      const sentinels = await startSentinels({ master: first, replicas: 1 });
      opened.defer(() => sentinels.stop());
      return { url: sentinels.url, master: async () => first };
    },
  },
  {
    kind: 'in a cluster',
    start: async (opened) => {
      const cluster = await startRedisCluster({ masters: 3, replicas: 1 });
      opened.defer(() => cluster.stop());
      return { url: cluster.url, master: () => cluster.ownerOf('{backend-jobs}') };
    },
  },
];
const untilWelcomed = async (world: World, ids: string[]): Promise<void> => {
  await expect
    .poll(
      async () => {
        const found = await world.findAll(ids);
        return found.filter(({ welcomeEmail }) => welcomeEmail?.status !== 'sent').length;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(0);
};

describe.for(kinds)('the service on a Redis $kind', ({ start }) => {
  test.for(serverFaults)(
    'loses nothing when the master $fault: each sign-up that was accepted ends, and the others are told to come again',
    { timeout: 180_000 },
    async ({ begin }, { onTestFinished }) => {
      const opened = new AsyncDisposableStack();
      onTestFinished(() => opened.disposeAsync());
      const { url, master } = await start(opened);
      const world = await openWorld(opened, { url }, { RATE_LIMIT_PER_DOMAIN: 'off' });
      const stopLoad = keepSigningUp(world, { tag: 'load', perSecond: 50 });
      await expect.poll(() => world.smtp.messages.length).toBeGreaterThan(20);
      await begin(await master());
      const isReady = async () => (await fetch(`${world.apiUrl}/readyz`)).status;
      await expect.poll(isReady).toBe(503);
      await expect.poll(isReady, { timeout: 30_000 }).toBe(200);
      const answers = await stopLoad();
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
      await untilWelcomed(world, accepted(answers));
      expect((await runAudit(world.env)).output).toContain('\n0 that hang or are lost');
    },
  );
});

describe.for(kinds)('what operators have, on a Redis $kind,', ({ start }) => {
  test('works as on one server', { timeout: 60_000 }, async ({ onTestFinished }) => {
    const opened = new AsyncDisposableStack();
    onTestFinished(() => opened.disposeAsync());
    const { url } = await start(opened);
    const world = await openWorld(opened, { url });
    const id = await world.signUp('ada@example.com');
    await untilWelcomed(world, [id]);
    const doctor = await runProgram(appMain('doctor'), { ...world.env, MAIL_FROM: 'Us <us@example.com>' });
    expect(doctor.output).toMatch(/writes .*Redis takes them/);
    await expect.poll(async () => (await world.job('users', id))?.returnValue).toBeDefined();
    const pages = ['/admin', '/admin/failures', '/admin/deliveries', '/admin/trail', `/admin/find/${id}`];
    for (const page of pages) {
      const response = await fetch(`${world.apiUrl}${page}`, { headers: { authorization: basic(admin) } });
      expect([page, response.status]).toEqual([page, 200]);
    }
    expect((await world.operate('PUT', '/queues/users/pause')).status).toBe(200);
    expect(await runAudit(world.env)).toMatchObject({ code: 0, counts: { 'created, email sent': 1 } });
  });
});
