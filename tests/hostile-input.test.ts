import { simpleParser } from 'mailparser';
import { describe, expect } from 'vitest';
import { type Answer, type HostileInput, hostileInputs, send } from './support/hostile-inputs.ts';
import { countWelcomed } from './support/load.ts';
import { type SignUp, testWith } from './support/world.ts';

const reportPrototypes = new URL('./support/report-prototypes.ts', import.meta.url);
const test = testWith({ NODE_OPTIONS: `--import=${reportPrototypes}` });

const kinds: Record<number, string> = {
  400: 'invalid-request|malformed-request',
  404: 'not-found',
  413: 'content-too-large',
  415: 'unsupported-media-type',
};

const acceptedIds: string[] = [];

/** What a problem says has to be what is wrong, and nothing else. */
const expectProblem = (input: HostileInput, { status, type, body }: Answer): void => {
  expect(type).toMatch(/^application\/problem\+json/);
  const problem = body as { type: string; errors?: { pointer?: string; header?: string; detail: string }[] };
  expect(problem).toMatchObject({ status, title: expect.stringMatching(/./) });
  expect(problem.type).toMatch(new RegExp(`^/problems#(${input.kind ?? kinds[status]})$`));
  expect(Object.keys(problem)).not.toContain('stack');
  const { pointer, header, faults } = input;
  if (pointer) expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  if (header) expect(problem.errors?.map((error) => error.header)).toContain(header);
  if (faults) expect(problem.errors).toHaveLength(faults);
  // Only a request with invalid fields has faults to name.
  expect(problem.errors !== undefined).toBe(problem.type === '/problems#invalid-request');
};

describe('what somebody hostile sends', () => {
  test.for(hostileInputs)('$number: $why gets $status', async (input, { world }) => {
    const answer = await send(world.apiUrl, input);
    expect(answer.status, JSON.stringify(answer.body)).toBe(input.status);
    if (input.status >= 400) return expectProblem(input, answer);
    if (input.status !== 202) return;
    const accepted = answer.body as SignUp;
    expect(accepted).toEqual({ id: accepted.id, status: 'queued', links: { self: `/users/${accepted.id}` } });
    acceptedIds.push(accepted.id);
  });

  test('causes no 500, and the service still works', async ({ world }) => {
    expect(world.log).not.toMatch(/"status":500/);
    expect((await world.post({ name: 'Ada', email: 'whole@example.com' })).status).toBe(202);
  });
});

test('each that is accepted becomes one message to one recipient, with no header but ours', async ({
  world,
}) => {
  const known = [
    ...['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type'],
    ...['auto-submitted', 'content-language', 'content-transfer-encoding'],
  ];
  expect(acceptedIds).toHaveLength(hostileInputs.filter(({ status }) => status === 202).length);
  await expect.poll(() => countWelcomed(world, acceptedIds), { timeout: 20_000 }).toBe(acceptedIds.length);
  const messages = world.smtp.messages.filter(({ to }) => to[0] !== 'whole@example.com');
  const ids = messages.map((message) => message.header('message-id')?.replace(/^<welcome\.(.*)@.*>$/, '$1'));
  expect(ids.sort()).toEqual(acceptedIds.sort());
  for (const { raw, to } of messages) {
    expect(to).toHaveLength(1);
    const { headerLines, html } = await simpleParser(raw);
    const names = headerLines.map(({ key }) => key);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(html).toContain('<h1');
    expect(html).not.toMatch(/<script|<img|<svg/i);
  }
});

test('two ways to write one address are one user', async ({ world }) => {
  const pairs = [
    ['one@bücher.example', 'ONE@xn--bcher-kva.example'],
    ['two@bu\u0308cher.example', 'two@BÜCHER.example'],
    ['Three@Example.com', 'three@example.COM'],
  ] as const;
  for (const [first, second] of pairs) {
    await world.signUp(first);
    await expect.poll(() => world.hasUser(second)).toBe(true);
  }
});

test('all of it leaves the prototypes of API and worker as they were', async ({ world }) => {
  await world.stop();
  // What they said last can still be in the pipe when they have ended.
  await expect
    .poll(() => world.log.match(/prototypes have gained: .*/g))
    .toEqual(Array(2).fill('prototypes have gained: nothing'));
});
