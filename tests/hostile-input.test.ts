import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { describe, expect } from 'vitest';
import { countWelcomed } from './support/load.ts';
import { type SignUp, testWith } from './support/world.ts';

const reportPrototypes = new URL('./support/report-prototypes.ts', import.meta.url);
const test = testWith({ NODE_OPTIONS: `--import=${reportPrototypes}` });

interface HostileInput {
  why: string;
  /** In it `{email}` and `{n}` stand for what is the case's own. */
  body?: Record<string, unknown>;
  raw?: string;
  contentType?: string;
  status: number;
  pointer?: string;
}

const inputs = readFileSync(new URL('./hostile-inputs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line, number) => ({ number, ...JSON.parse(line) }) as HostileInput & { number: number });

const textOf = ({ number, body, raw }: (typeof inputs)[number]): string =>
  (raw ?? JSON.stringify(body))
    .replaceAll('{email}', `hostile.${number}@example.com`)
    .replaceAll('{n}', String(number));

const acceptedIds: string[] = [];

describe('what somebody hostile sends', () => {
  test.for(inputs)('$number: $why gets $status', async (input, { world }) => {
    const response = await world.post(textOf(input), {
      'content-type': input.contentType ?? 'application/json',
    });
    const answer = (await response.json()) as SignUp & { errors?: { pointer: string }[] };
    expect(response.status, JSON.stringify(answer)).toBe(input.status);
    if (input.status === 202) return void acceptedIds.push(answer.id);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    if (input.pointer) expect(answer.errors?.map(({ pointer }) => pointer)).toContain(input.pointer);
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
  expect(acceptedIds).toHaveLength(inputs.filter(({ status }) => status === 202).length);
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
  expect(world.log.match(/prototypes have gained: .*/g)).toEqual(
    Array(2).fill('prototypes have gained: nothing'),
  );
});
