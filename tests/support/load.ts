import { watchLiveness } from './liveness.ts';
import type { SignUp, World } from './world.ts';

export interface Answer {
  email: string;
  /** 0 when there was none: the connection failed. */
  status: number;
  id: string;
  durationMs: number;
  /** How much longer it took than the slowest request of the same time that needs nothing but the API. */
  waitedMs: number;
  retryAfter: string | null;
}

/** How long `request` waits for what is behind the API. */
export const timeBehindApi = async <Result>(
  apiUrl: string,
  request: () => Promise<Result>,
): Promise<{ result: Result; waitedMs: number }> => {
  const liveness = watchLiveness(() => apiUrl);
  const startedAt = performance.now();
  const result = await request();
  const endedAt = performance.now();
  await liveness.stop();
  return { result, waitedMs: endedAt - startedAt - liveness.slowestMs(startedAt, endedAt) };
};

type Timed = Omit<Answer, 'waitedMs'> & { startedAt: number };

interface Load {
  tag: string;
  perSecond: number;
  apiUrl?: () => string;
  /** An API that has nothing else to do, for `waitedMs`. By default it is the one that is asked. */
  idleUrl?: string;
}

/**
 * Signs up so many a second, each under an address of its own, until the returned function is called; that answers
 * with what each request got.
 */
export const keepSigningUp = (
  world: World,
  { tag, perSecond, apiUrl = () => world.apiUrl, idleUrl }: Load,
): (() => Promise<Answer[]>) => {
  const liveness = watchLiveness(() => idleUrl ?? apiUrl());
  const answers: Promise<Timed>[] = [];
  const signUp = async (email: string): Promise<Timed> => {
    const startedAt = performance.now();
    const response = await world.post({ name: 'Ada', email }, {}, apiUrl()).catch(() => undefined);
    const durationMs = performance.now() - startedAt;
    const { id = '' } = ((await response?.json()) ?? {}) as Partial<SignUp>;
    const retryAfter = response?.headers.get('retry-after') ?? null;
    return { email, status: response?.status ?? 0, id, startedAt, durationMs, retryAfter };
  };
  const next = () => answers.push(signUp(`${tag}.${answers.length}@example.com`));
  const timer = setInterval(next, 1_000 / perSecond);
  return async () => {
    clearInterval(timer);
    const timed = await Promise.all(answers);
    await liveness.stop();
    return timed.map(({ startedAt, ...answer }) => {
      const liveMs = liveness.slowestMs(startedAt, startedAt + answer.durationMs);
      return { ...answer, waitedMs: answer.durationMs - liveMs };
    });
  };
};

export const accepted = (answers: Answer[]): string[] =>
  answers.filter(({ status }) => status === 202).map(({ id }) => id);

/** How many of these have been welcomed. */
export const countWelcomed = async (world: World, ids: string[]): Promise<number> =>
  (await world.findAll(ids)).filter(({ welcomeEmail }) => welcomeEmail?.status === 'sent').length;
