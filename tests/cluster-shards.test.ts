import {
  type RedisCluster,
  type RedisServer,
  runAudit,
  serverFaults,
  startRedisCluster,
} from '@backend-jobs/local-services';
import { Shards, shardKeyPrefixes } from '@backend-jobs/redis';
import { createKeyedHash } from '@backend-jobs/runtime';
import { createBucketOf } from '@backend-jobs/sign-ups';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchLiveness } from './support/liveness.ts';
import { openWorld, type SignUp, type World } from './support/world.ts';

const env = { SHARDS: '16', HASH_SECRET: 'for-tests', RATE_LIMIT_PER_DOMAIN: 'off' };
const prefixes = new Shards(shardKeyPrefixes('{backend-jobs}', 16));
const bucketOf = createBucketOf(createKeyedHash(env.HASH_SECRET));

interface Answer {
  email: string;
  startedAtMs: number;
  durationMs: number;
  status: number;
  id: string;
}

/** Signs up so many a second until it is stopped. */
const keepSigningUp = (world: World, tag: string, perSecond: number) => {
  const answers: Answer[] = [];
  const requests: Promise<void>[] = [];
  const signUp = async (email: string): Promise<void> => {
    const startedAtMs = performance.now();
    const response = await world.post({ name: 'Ada', email });
    const durationMs = performance.now() - startedAtMs;
    const { id } = (await response.json()) as SignUp;
    answers.push({ email, startedAtMs, durationMs, status: response.status, id });
  };
  const liveness = watchLiveness(() => world.apiUrl);
  const next = () => requests.push(signUp(`${tag}.${requests.length}@example.com`));
  const timer = setInterval(next, 1_000 / perSecond);
  return {
    answers,
    /** How much longer it took than what needs nothing but the API. */
    waitedMs: ({ startedAtMs, durationMs }: Answer) =>
      durationMs - liveness.slowestMs(startedAtMs, startedAtMs + durationMs),
    /** For how long none was refused. */
    acceptsForMs: () =>
      performance.now() -
      Math.max(0, ...answers.flatMap(({ status, startedAtMs }) => (status === 202 ? [] : [startedAtMs]))),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(requests);
      await liveness.stop();
    },
  };
};

describe('16 shards on three masters, each with a replica', () => {
  const opened = new AsyncDisposableStack();
  let cluster: RedisCluster;
  let world: World;
  beforeAll(async () => {
    cluster = await startRedisCluster({ masters: 3, replicas: 1, nodeTimeoutMs: 2_000 });
    opened.defer(() => cluster.stop());
    world = await openWorld(opened, { url: cluster.url }, env);
  });
  afterAll(() => opened.disposeAsync());

  /** The shards of each master at the moment. */
  const shardsByMaster = async (): Promise<Map<RedisServer, string[]>> => {
    const owners = await Promise.all(
      prefixes.all.map(async (prefix) => ({ prefix, owner: await cluster.ownerOf(prefix) })),
    );
    const byMaster = Map.groupBy(owners, ({ owner }) => owner);
    return new Map([...byMaster].map(([owner, its]) => [owner, its.map(({ prefix }) => prefix)]));
  };

  const untilReplicated = async (node: RedisServer): Promise<void> => {
    const admin = new Redis(node.url);
    try {
      await expect
        .poll(() => admin.info('replication'), { timeout: 30_000 })
        .toMatch(/master_link_status:up|connected_slaves:1/);
    } finally {
      admin.disconnect();
    }
  };

  test('have five or six shards on each master', async () => {
    const counts = [...(await shardsByMaster()).values()].map(({ length }) => length);
    expect(counts.sort()).toEqual([5, 5, 6]);
  });

  test('complete a sign-up with its email in one step, in whatever slot it is', async () => {
    const emails = Array.from({ length: 12 }, (_, index) => `in.one.step.${index}@example.com`);
    const runsOf = async (email: string): Promise<string | null> => {
      const id = await world.signUp(email);
      const prefix = prefixes.ofBucket(bucketOf(email));
      const { url } = await cluster.ownerOf(prefix);
      const redis = new Redis(url);
      try {
        const job = `${prefix}:users:${id}`;
        await expect.poll(() => redis.hexists(job, 'finishedOn')).toBe(1);
        return await redis.hget(job, 'ats');
      } finally {
        redis.disconnect();
      }
    };
    expect(await Promise.all(emails.map(runsOf))).toEqual(emails.map(() => '1'));
  });

  describe.for(serverFaults)('of which one $fault', ({ fault, begin, end }) => {
    test.for([0, 1, 2])(
      'lose nothing, and the shards of the others go on: master %i',
      { timeout: 120_000 },
      async (place) => {
        const [broken, theirs = []] = [...(await shardsByMaster())][place] ?? [];
        if (!broken) throw new Error('There are three masters');
        const sentBefore = world.smtp.messages.length;
        const load = keepSigningUp(world, `${fault.replace(' ', '-')}.${place}`, 40);
        const { answers } = load;
        await expect.poll(() => world.smtp.messages.length - sentBefore).toBeGreaterThan(20);
        await begin(broken);
        const isReplaced = async () => !(await shardsByMaster()).has(broken);
        await expect.poll(isReplaced, { timeout: 20_000 }).toBe(true);
        const replacedAtMs = performance.now();
        await expect.poll(load.acceptsForMs, { timeout: 20_000 }).toBeGreaterThan(2_000);
        await load.stop();
        await end(broken);
        await untilReplicated(broken);

        const isTheirs = ({ email }: Answer) => theirs.includes(prefixes.ofBucket(bucketOf(email)));
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
        expect(answers.filter((answer) => answer.status === 503 && !isTheirs(answer))).toEqual([]);
        const refused = answers.filter(({ status }) => status === 503);
        const slowestMs = Math.max(...refused.map(load.waitedMs));
        const backAfterMs = Math.max(...refused.map(({ startedAtMs }) => startedAtMs)) - replacedAtMs;
        // On a machine with nothing else to do it is half of this.
        expect(slowestMs).toBeLessThan(1_000);
        // How long Redis takes to replace a master is up to Redis. The service goes on with it.
        expect(backAfterMs).toBeLessThan(5_000);

        const accepted = answers.filter(({ status }) => status === 202);
        const find = async () => world.findAll(accepted.map(({ id }) => id));
        await expect
          .poll(async () => (await find()).filter((one) => one.welcomeEmail?.status !== 'sent').length, {
            timeout: 60_000,
            interval: 500,
          })
          .toBe(0);
        for (const [index, { welcomeEmail }] of (await find()).entries()) {
          const copies = world.smtp.to((accepted[index] as Answer).email).length;
          expect(copies - (welcomeEmail?.uncertainAttempts ?? 0)).toBeLessThanOrEqual(1);
        }
        expect((await runAudit(world.env)).output).toContain('\n0 that hang or are lost');
      },
    );
  });
});
