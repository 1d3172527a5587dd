import { randomUUIDv7 } from 'node:crypto';
import { expect } from 'vitest';
import { createSignUpProducer, findSignUp } from '../src/index.ts';
import { type Scene, test } from './support/scene.ts';

const ada = { name: 'Ada', email: 'ada@example.com', locale: 'en' } as const;

/** What is sent to Redis while it is looked for. */
const find = async (scene: Scene, by: Parameters<typeof findSignUp>[1]) => {
  const commands: string[] = [];
  const watched = scene.connection.duplicate();
  await watched.ping();
  const send = watched.sendCommand.bind(watched);
  watched.sendCommand = (command, ...rest) => {
    commands.push(command.name);
    return send(command, ...rest);
  };
  const { signUpStore } = scene.open(watched).stores;
  const facts = await findSignUp({ connection: watched, queues: scene.queues, signUpStore }, by);
  watched.disconnect();
  return { facts, commands };
};

test('one sign-up is found by the same few look-ups among 100,000 as among ten', async ({ scene }) => {
  const { signUpStore, welcomeEmails } = scene.stores;
  const id = randomUUIDv7();
  await signUpStore.create(id, ada);
  await welcomeEmails.giveUp(id, '550 no');
  await createSignUpProducer(scene.queues).enqueue(id, ada, 'r');
  const among = async (count: number) => {
    const ids = Array.from({ length: count }, (_, index) => `other-${index}`);
    for (const list of ['users', 'emails'] as const)
      await scene.connection.lpush(scene.queues[list].toKey('wait'), ...ids);
    return [await find(scene, { id }), await find(scene, { email: 'ADA@example.com' })];
  };
  const few = await among(10);
  expect(await among(100_000)).toEqual(few);
  expect(few[0]?.facts).toMatchObject({
    id,
    signUp: { outcome: 'created', welcomeEmail: { status: 'failed', error: '550 no' } },
    createUser: { state: 'waiting', attempts: 0 },
    sendWelcomeEmail: undefined,
    newUser: ada,
  });
  expect(few[1]?.facts).toEqual(few[0]?.facts);
  const allowed = new Set(['get', 'mget', 'hgetall', 'hmget', 'zscore', 'exists']);
  expect(few[1]?.commands).toHaveLength(10);
  expect(few[1]?.commands.filter((name) => !allowed.has(name))).toEqual([]);
});

test('each state of a job is told as BullMQ tells it', async ({ scene }) => {
  const { emails } = scene.queues;
  const userOf = (jobId: string | undefined) => jobId?.replace('welcome-', '') as string;
  const [failed] = await scene.fail(emails, 1, () => '550 no');
  const ids = Array.from({ length: 5 }, () => `welcome-${randomUUIDv7()}`);
  const [waiting, delayed, active, completed, parked] = ids as [string, string, string, string, string];
  for (const jobId of ids)
    await emails.add(
      'x',
      { userId: userOf(jobId), requestId: 'r' },
      { jobId, ...(jobId === delayed && { delay: 60_000 }) },
    );
  await scene.connection.set(`${emails.toKey(active)}:lock`, 'token');
  await scene.connection.hset(emails.toKey(completed), { finishedOn: 7, processedOn: 5 });
  await scene.connection.zadd(emails.toKey('waiting-children'), 1, parked);
  const stateOf = async (jobId: string | undefined) =>
    (await find(scene, { id: userOf(jobId) })).facts?.sendWelcomeEmail;
  expect(await stateOf(failed)).toMatchObject({
    state: 'failed',
    failure: '550 no',
    attempts: 3,
    endedMs: 1_700_000_000_000,
  });
  expect(await stateOf(waiting)).toMatchObject({ state: 'waiting', endedMs: undefined });
  const due = await stateOf(delayed);
  expect(due).toMatchObject({ state: 'delayed', dueMs: (due?.addedMs ?? 0) + 60_000 });
  expect(await stateOf(active)).toMatchObject({ state: 'active' });
  expect(await stateOf(completed)).toMatchObject({ state: 'completed', startedMs: 5, endedMs: 7 });
  expect(await stateOf(parked)).toMatchObject({ state: 'waiting-children' });
});

test('an id and an address that nobody has are not found', async ({ scene }) => {
  expect((await find(scene, { id: randomUUIDv7() })).facts).toBeUndefined();
  expect((await find(scene, { email: 'nobody@example.com' })).facts).toBeUndefined();
});
