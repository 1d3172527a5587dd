import { randomUUIDv7 } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished } from 'vitest';
import { createIdempotencyKeys } from '../src/idempotency/idempotency-keys.ts';
import { createIntake } from '../src/intake/create-intake.ts';
import { apiKeys, withKey } from './support/credentials.ts';
import { createUser, post, type TestApi, test } from './support/test-api.ts';

const body = (email: string) => ({ name: 'Ada Lovelace', email });
const postAs = (api: TestApi, key: string, email: string, headers = {}) =>
  post(api, body(email), { 'idempotency-key': key, ...headers });
const idOf = (response: { json(): unknown }) => (response.json() as { id: string }).id;

describe('an idempotency key', () => {
  const headers = { 'idempotency-key': 'order-1001' };
  const ada = { name: 'Ada', email: 'idempotent@example.com', locale: 'en' };

  test('repeats one sign-up, and takes no other body in its place', async ({ api }) => {
    const first = await post(api, ada, headers);
    expect(first.statusCode).toBe(202);
    expect((await post(api, ada, headers)).json()).toEqual(first.json());
    for (const other of [{ name: 'Eve' }, { email: 'eve@example.com' }, { locale: 'pt-BR' }]) {
      const response = await post(api, { ...ada, ...other }, headers);
      expect(response.statusCode, JSON.stringify(other)).toBe(422);
      expect(response.json()).toMatchObject({ type: '/problems#idempotency-key-reused' });
    }
  });

  test('is free again when its sign-up was refused, and stays taken when that was accepted', async ({
    api,
  }) => {
    await createUser(api, 'taken@example.com');
    const key = { 'idempotency-key': 'order-1002' };
    expect((await post(api, { ...ada, email: 'taken@example.com' }, key)).statusCode).toBe(409);
    const accepted = await post(api, { ...ada, email: 'free@example.com' }, key);
    expect(accepted.statusCode).toBe(202);
    await createUser(api, 'free-too@example.com');
    expect((await post(api, { ...ada, email: 'free-too@example.com' }, key)).statusCode).toBe(422);
    expect((await post(api, { ...ada, email: 'free@example.com' }, key)).json()).toEqual(accepted.json());
  });
});

describe('the key of a sign-up that was deleted', () => {
  const remove = async ({ app }: TestApi, id: string) =>
    (await app.inject({ method: 'DELETE', url: `/users/${id}`, headers: withKey })).statusCode;

  test('belongs to a new sign-up, also with another body', async ({ keyed }) => {
    const first = idOf(await postAs(keyed, 'freed', 'freed@example.com', withKey));
    expect(await remove(keyed, first)).toBe(204);
    const again = await postAs(keyed, 'freed', 'another@example.com', withKey);
    expect(again.statusCode).toBe(202);
    expect(idOf(again)).not.toBe(first);
    expect(idOf(await postAs(keyed, 'freed', 'another@example.com', withKey))).toBe(idOf(again));
  });

  test('belongs to a new sign-up also when it was asked for before the deletion had ended', async ({
    keyed,
  }) => {
    const { shards, signUpStore } = keyed;
    const intake = createIntake({ shards, signUpStore, accepted: undefined, hash: String });
    const ada = { name: 'Ada Lovelace', email: 'just-then@example.com', locale: 'en' } as const;
    const context = { requestId: 'test', idempotencyKey: { key: 'just-then', scope: 'test' } };
    const first = await intake.start(ada, context);
    await signUpStore.create(first, ada);
    const remove = async () => {
      expect(await signUpStore.delete(first)).toBe(true);
      await intake.cancel(first);
    };
    expect(await intake.start(ada, { ...context, withinLimit: remove() })).not.toBe(first);
  });

  test('is freed by the next request where a crash has left it taken', async ({ keyed }) => {
    const first = idOf(await postAs(keyed, 'crashed', 'crashed@example.com', withKey));
    await keyed.signUpStore.delete(first);
    const again = await postAs(keyed, 'crashed', 'crashed@example.com', withKey);
    expect(again.statusCode).toBe(202);
    expect(idOf(again)).not.toBe(first);
  });

  test('stays with the new sign-up when the deletion is repeated', async ({ keyed }) => {
    const first = idOf(await postAs(keyed, 'repeated', 'repeated@example.com', withKey));
    await keyed.signUpStore.delete(first);
    const second = idOf(await postAs(keyed, 'repeated', 'repeated@example.com', withKey));
    expect(await remove(keyed, first)).toBe(404);
    expect(idOf(await postAs(keyed, 'repeated', 'repeated@example.com', withKey))).toBe(second);
  });

  test('never answers 202 for nobody, while deletions and repeats race each other', async ({ keyed }) => {
    const rounds = Array.from({ length: 30 }, async (_, round) => {
      const email = `race.${round}@example.com`;
      const send = () => postAs(keyed, `race-${round}`, email, withKey);
      const first = idOf(await send());
      const [, ...repeats] = await Promise.all([remove(keyed, first), send(), send(), send()]);
      const last = await send();
      for (const answer of [...repeats, last]) expect(answer.statusCode).toBe(202);
      expect(idOf(last)).not.toBe(first);
      const found = await keyed.app.inject({ url: `/users/${idOf(last)}`, headers: withKey });
      expect(found.json()).toMatchObject({ status: 'queued', email });
      // All of them are the deleted sign-up or the one that came after it: there is no third.
      expect(new Set([first, ...repeats.map(idOf), idOf(last)]).size).toBe(2);
    });
    await Promise.all(rounds);
  });

  test('leaves no hash of the person in Redis', async ({ openApi, redis }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:traces`, apiKeys });
    const headers = { 'idempotency-key': 'traces', ...withKey };
    const id = await createUser(api, 'traces@example.com', headers);
    const connection = new Redis(redis.url);
    onTestFinished(() => connection.disconnect());
    const records = () => connection.keys(`${redis.prefix}:traces:idempotency*`);
    expect(await records()).toHaveLength(2);
    expect(await remove(api, id)).toBe(204);
    expect(await records()).toEqual([]);
  });
});

test('an operation that has lost its key does not touch the one that has it now', async ({ redis }) => {
  const connection = new Redis(redis.url);
  onTestFinished(() => connection.disconnect());
  const keys = createIdempotencyKeys(connection, { keyPrefix: `${redis.prefix}:lost`, hash: String });
  const ada = { name: 'Ada', email: 'ada@example.com', locale: 'en' } as const;
  const begin = () => keys.begin('key', ada, randomUUIDv7());
  const lost = (await begin()).operation;
  await keys.free('key', lost);
  const { operation } = await begin();
  await keys.accept('key', lost);
  await keys.free('key', lost);
  await keys.remove(lost.id);
  expect(await begin()).toEqual({ operation, isNew: false, isSameBody: true });
  expect(await keys.accept('key', lost)).toBe(false);
  expect(await keys.accept('key', operation)).toBe(true);
  expect(await keys.accept('key', operation)).toBe(false);
  expect((await begin()).operation.state).toBe('accepted');
});

describe('where the API is open to everybody, a key', () => {
  test('is its own for each client, by address and by the network of an IPv6 address', async ({
    openApi,
  }) => {
    const api = await openApi({ trustProxy: ['127.0.0.1'] });
    const from = (address: string, email: string) =>
      postAs(api, 'order-1001', email, { 'x-forwarded-for': address });
    const first = await from('203.0.113.7', 'first@example.com');
    const other = await from('203.0.113.8', 'other@example.com');
    expect([first.statusCode, other.statusCode]).toEqual([202, 202]);
    expect(idOf(await from('203.0.113.7', 'first@example.com'))).toBe(idOf(first));
    expect((await from('203.0.113.7', 'other@example.com')).statusCode).toBe(422);
    const household = await from('2001:db8::1', 'household@example.com');
    expect(idOf(await from('2001:db8::2', 'household@example.com'))).toBe(idOf(household));
    expect((await from('2001:db8:0:1::1', 'neighbour@example.com')).statusCode).toBe(202);
  });
});
