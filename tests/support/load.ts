import type { SignUp, World } from './world.ts';

export interface Answer {
  email: string;
  /** 0 when there was none: the connection failed. */
  status: number;
  id: string;
  durationMs: number;
  /** How much longer it took than a request of the same moment that needs nothing but the API. */
  waitedMs: number;
  retryAfter: string | null;
}

/** How long `request` waits for what is behind the API: a busy machine holds up both requests alike. */
export const timeBehindApi = async <Result>(
  apiUrl: string,
  request: () => Promise<Result>,
): Promise<{ result: Result; durationMs: number; waitedMs: number }> => {
  const startedAt = performance.now();
  const sinceMs = () => performance.now() - startedAt;
  const live = fetch(`${apiUrl}/livez`).then(sinceMs, () => 0);
  const result = await request();
  const durationMs = sinceMs();
  return { result, durationMs, waitedMs: durationMs - (await live) };
};

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
  const answers: Promise<Answer>[] = [];
  const signUp = async (email: string): Promise<Answer> => {
    const url = apiUrl();
    const { result: response, ...times } = await timeBehindApi(idleUrl ?? url, () =>
      world.post({ name: 'Ada', email }, {}, url).catch(() => undefined),
    );
    if (!response) return { email, status: 0, id: '', ...times, retryAfter: null };
    const { id } = (await response.json()) as SignUp;
    return { email, status: response.status, id, ...times, retryAfter: response.headers.get('retry-after') };
  };
  const next = () => answers.push(signUp(`${tag}.${answers.length}@example.com`));
  const timer = setInterval(next, 1_000 / perSecond);
  return async () => {
    clearInterval(timer);
    return Promise.all(answers);
  };
};

export const accepted = (answers: Answer[]): string[] =>
  answers.filter(({ status }) => status === 202).map(({ id }) => id);

/** How many of these have been welcomed. */
export const countWelcomed = async (world: World, ids: string[]): Promise<number> =>
  (await world.findAll(ids)).filter(({ welcomeEmail }) => welcomeEmail?.status === 'sent').length;
