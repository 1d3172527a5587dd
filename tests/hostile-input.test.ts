import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { type SignUp, test } from './support/world.ts';

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
  test('is enough to call it a corpus', () => expect(inputs.length).toBeGreaterThanOrEqual(300));

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

  test('leaves all prototypes as they were, and the service whole', async ({ world }) => {
    expect((await world.post({ name: 'Ada', email: 'whole@example.com' })).status).toBe(202);
    expect(world.log).not.toMatch(/"status":500/);
  });
});

test('each that is let in becomes one message to one recipient, with no header but ours', async ({
  world,
}) => {
  const known = [
    ...['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type'],
    ...['auto-submitted', 'content-language', 'content-transfer-encoding'],
  ];
  await expect
    .poll(async () => (await world.findAll(acceptedIds)).every(isSent), { timeout: 20_000 })
    .toBe(true);
  expect(world.smtp.messages.length).toBeGreaterThanOrEqual(acceptedIds.length);
  for (const { raw, to } of world.smtp.messages) {
    expect(to).toHaveLength(1);
    const head = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n(?=[ \t])/g, '');
    const names = head.split(/\r?\n/).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    // In the part that is HTML it is shown as text.
    expect(raw.slice(raw.indexOf('text/html'))).not.toMatch(/<script|<img|<svg/);
  }
});

const isSent = ({ welcomeEmail }: SignUp) => welcomeEmail?.status === 'sent';

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
