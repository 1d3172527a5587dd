import { describe, expect } from 'vitest';
import { withKey } from './support/credentials.ts';
import { post, type TestApi, test } from './support/test-api.ts';

const ordinary = { name: 'Ada Lovelace', email: 'no address' };

const hostile = [
  {
    title: '1,800 unknown fields',
    body: Object.fromEntries(Array.from({ length: 1_800 }, (_, n) => [n, 0])),
  },
  {
    title: '7,500 combining marks in an email',
    body: { ...ordinary, email: `a@b${'\u0301'.repeat(7_500)}` },
  },
  { title: '500 combining marks in an email', body: { ...ordinary, email: `a@b${'\u0301'.repeat(500)}` } },
  {
    title: 'marks out of their order in an email',
    body: { ...ordinary, email: `a@b${'\u0301\u0316'.repeat(3_700)}` },
  },
  { title: 'Hangul in an email', body: { ...ordinary, email: `a@${'\u1100\u1161\u11a8'.repeat(1_700)}` } },
  { title: '7,500 combining marks in a name', body: { ...ordinary, name: `A${'\u0301'.repeat(7_500)}` } },
  { title: 'joiners in a name', body: { ...ordinary, name: `A${'\u200d'.repeat(5_000)}` } },
  { title: 'dots in an email', body: { ...ordinary, email: `a@${'.'.repeat(15_000)}` } },
  { title: 'labels in an email', body: { ...ordinary, email: `a@${'xn--a.'.repeat(2_600)}` } },
  { title: 'arrays in each other', body: `${'['.repeat(8_000)}${']'.repeat(8_000)}` },
  { title: 'a long locale', body: { ...ordinary, locale: 'İ'.repeat(8_000) } },
];

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** The shortest times of both, done by turns: whatever else this machine does only makes some longer. */
const compare = async (one: () => Promise<unknown>, other: () => Promise<unknown>) => {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < 30; round += 1) {
    times[0].push(await timeOf(one));
    times[1].push(await timeOf(other));
  }
  return times.map((each) => Math.min(...each)) as [number, number];
};

const refuse = (api: TestApi, body: unknown) => post(api, body);

describe('a body as costly as one can be', () => {
  test.for(hostile)('with $title takes no more than ten ordinary ones', async ({ body }, { api }) => {
    expect((await refuse(api, body)).statusCode).toBe(400);
    const [costly, cheap] = await compare(
      () => refuse(api, body),
      () => refuse(api, ordinary),
    );
    expect(costly).toBeLessThan(10 * cheap);
  });
});

describe('a request of the sign-up page', () => {
  const send = ({ app }: TestApi, { body, languages }: { body: string; languages: string }) =>
    app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': languages },
      payload: body,
    });
  const usual = { body: 'name=Ada&email=no+address', languages: 'en' };

  test.for([
    ['4,000 fields', { body: Array.from({ length: 4_000 }, (_, n) => n.toString(36)).join('&') }],
    ['5,000 quotation marks', { body: `name=${'%22'.repeat(5_000)}&email=a` }],
    ['7,000 languages', { languages: 'a,'.repeat(7_000) }],
    ['parameters of a language', { languages: `en;${'q=1;'.repeat(3_500)}` }],
  ] as const)('with %s takes no more than five ordinary ones', async ([_, costly], { api }) => {
    expect((await send(api, { ...usual, ...costly })).statusCode).toBe(400);
    const [slow, fast] = await compare(
      () => send(api, { ...usual, ...costly }),
      () => send(api, usual),
    );
    expect(slow).toBeLessThan(5 * fast);
  });
});

describe('of thousands of faults 20 are named', () => {
  test('in a body', async ({ api }) => {
    const response = await refuse(api, hostile[0]?.body);
    expect(response.json().errors).toHaveLength(20);
    expect(response.body.length).toBeLessThan(3_000);
  });

  test('in a query string', async ({ keyed }) => {
    const query = Array.from({ length: 1_000 }, (_, number) => `x${number}=1`).join('&');
    const response = await keyed.app.inject({ url: `/users?${query}`, headers: withKey });
    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toHaveLength(20);
  });
});
