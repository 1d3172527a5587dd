import { randomUUIDv7 } from 'node:crypto';
import { createSignUpProducer, openQueues } from '@backend-jobs/jobs';
import {
  appMain,
  openTestDatabase,
  type Passing,
  type RunningProgram,
  type SmtpScript,
  startSmtpServer,
  startTestRedis,
  startWire,
  startWorker,
  type TestDatabase,
  type TestRedisServer,
} from '@backend-jobs/local-services';
import { connectWorker, oneShard, parseRedisUrl } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { hasPostgres, migrate, orSkip } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';

/** Says true once: when what goes over the wire is the moment to die at. */
type Moment = (passing: Passing) => boolean;

const nextAnswerAfter = (isRequest: (text: string) => boolean): Moment => {
  let asked = false;
  return ({ direction, text }) => {
    if (direction === 'request') asked ||= isRequest(text);
    return asked && direction === 'reply';
  };
};

/** By the wire to Redis, or to PostgreSQL, which is given the names of its prepared statements. */
const isUserWrite = (text: string) => text.includes(':email:') || text.includes('create-sign-up');
const isChildAdd = (text: string) => text.includes('send-welcome-email');
const isParking = (text: string) => text.includes(':users:waiting-children');
const isCompletion = (text: string) => text.includes('"welcomeEmail":"sent"');

interface Crash {
  title: string;
  /** When the worker dies: by the wires to Redis and to PostgreSQL, */
  moment?: Moment;
  /** or in the talk with the mail server. */
  script?: (die: () => void) => SmtpScript;
  /** How many tries may have delivered a message; each can mean a copy. */
  uncertain: number;
}

const crashes: Crash[] = [
  {
    title: "before the user's write",
    moment: ({ direction, text }) => direction === 'request' && isUserWrite(text),
    uncertain: 0,
  },
  { title: "after the user's write", moment: nextAnswerAfter(isUserWrite), uncertain: 0 },
  { title: "after the child's add", moment: nextAnswerAfter(isChildAdd), uncertain: 0 },
  // By then the email's own job, in the same worker, may be under way.
  { title: 'after parking', moment: nextAnswerAfter(isParking), uncertain: 1 },
  { title: 'before MAIL FROM', script: (die) => ({ onMailFrom: die }), uncertain: 1 },
  { title: 'after the final dot', script: (die) => ({ onFinalDot: die }), uncertain: 1 },
  {
    title: 'before the email and its parent are completed',
    moment: ({ direction, text }) => direction === 'request' && isCompletion(text),
    uncertain: 0,
  },
  {
    title: 'after the email and its parent are completed',
    moment: nextAnswerAfter(isCompletion),
    uncertain: 0,
  },
];

/** Each crash this often, side by side: `npm run crash` does it 20 times. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 1);
const recoveriesMs: number[] = [];

let redis: TestRedisServer;
let postgres: TestDatabase | undefined;

beforeAll(async () => {
  redis = await startTestRedis();
  if (!hasPostgres) return;
  postgres = await openTestDatabase();
  await migrate(postgres.url);
});
afterAll(async () => {
  await Promise.all([redis.stop(), postgres?.stop()]);
  const [worst = 0] = recoveriesMs.sort((a, b) => b - a);
  process.stdout.write(`${recoveriesMs.length} kills; the worst was made good after ${worst} ms\n`);
});

const everyRound = ['Redis', 'PostgreSQL'].flatMap((store) =>
  Array.from({ length: rounds }, (_, round) => [store, round + 1] as const),
);

describe.concurrent.for(everyRound)('a worker that dies, with the sign-ups in %s, round %d', ([store]) => {
  if (store === 'PostgreSQL') beforeEach(orSkip);
  test.for(crashes)(
    '$title: one user, one email, a second copy only where it is counted',
    async (crash, { expect, onTestFinished }) => {
      const opened = new AsyncDisposableStack();
      onTestFinished(() => opened.disposeAsync());
      const world = await openCrashWorld(crash, opened, store === 'PostgreSQL' ? postgres?.url : undefined);
      await world.accept();
      expect(await world.died).toBe('SIGKILL');
      const diedAtMs = Date.now();
      await world.startWorker();

      const emailOf = async () => {
        const signUp = await world.signUpStore.find(world.id);
        return signUp?.outcome === 'created' ? signUp.welcomeEmail : undefined;
      };
      await expect.poll(emailOf, { timeout: 25_000 }).toMatchObject({ status: 'sent' });
      recoveriesMs.push(Date.now() - diedAtMs);
      const { uncertainAttempts = 0 } = (await emailOf()) ?? {};
      expect(uncertainAttempts).toBeLessThanOrEqual(crash.uncertain);
      await expect.poll(() => world.parentState(), { timeout: 25_000 }).toBe('completed');
      const { messages } = world.smtp;
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.length).toBeLessThanOrEqual(1 + uncertainAttempts);
      expect(new Set(messages.map((message) => message.header('message-id'))).size).toBe(1);
    },
  );
});

/** A sign-up service of its own, on the common Redis, whose only worker dies at the moment of the crash. */
const openCrashWorld = async (
  { moment, script }: Crash,
  opened: AsyncDisposableStack,
  databaseUrl: string | undefined,
) => {
  const id = randomUUIDv7();
  const newUser = { name: 'Ada', email: `${id}@example.com`, locale: 'en' } as const;
  const prefix = `{crash-${id}}`;
  const smtp = await startSmtpServer();
  opened.defer(() => smtp.stop());
  const wire = await startWire(redis.port);
  opened.defer(() => wire.stop());
  const connection = connectWorker(parseRedisUrl(redis.serviceUrl), { name: 'test', keyPrefix: prefix });
  opened.defer(() => connection.disconnect());
  const queues = openQueues({ connection, prefix });
  const databaseWire =
    databaseUrl === undefined ? undefined : await startWire(Number(new URL(databaseUrl).port));
  opened.defer(() => databaseWire?.stop());
  const database = databaseUrl === undefined ? undefined : openPatientDatabase(databaseUrl);
  opened.defer(() => database?.close());
  const startOwnWorker = async ({ isWired = false } = {}): Promise<RunningProgram> => {
    const onWire = (url: string, port = 0) => url.replace(/:\d+(?=\/|$)/, `:${port}`);
    const worker = await startWorker({
      main: appMain('worker'),
      env: {
        REDIS_URL: isWired ? onWire(redis.url, wire.port) : redis.serviceUrl,
        ...(databaseUrl && {
          DATABASE_URL: isWired ? onWire(databaseUrl, databaseWire?.port) : databaseUrl,
        }),
        KEY_PREFIX: prefix,
        SMTP_URL: smtp.url,
      },
      log: 'on-failure',
    });
    opened.defer(() => worker.stop());
    return worker;
  };
  const doomed = await startOwnWorker({ isWired: true });
  const wires = [wire, databaseWire].filter((each) => each !== undefined);
  const die = () => {
    smtp.script = {};
    for (const each of wires) each.watch = () => false;
    process.kill(doomed.pid, 'SIGKILL');
  };
  if (script) smtp.script = script(die);
  for (const each of wires)
    each.watch = (passing) => {
      if (!moment?.(passing)) return true;
      die();
      return false;
    };
  const parentState = async () => (await queues.users.getJob(id))?.getState();
  const { signUpStore, accepted } = openStores(oneShard(connection, prefix), {
    hashSecret: 'not-a-secret',
    database,
  });
  return {
    id,
    smtp,
    accept: async () => {
      await accepted?.accept(id, newUser);
      await createSignUpProducer(queues).enqueue(id, accepted ? undefined : newUser, 'r');
    },
    signUpStore,
    died: doomed.exited,
    startWorker: startOwnWorker,
    parentState,
  };
};
