/** One `POST /users`, and what the client saw of it. */
export interface Ask {
  email: string;
  sentAtMs: number;
  answeredAtMs: number;
  /** 0 when there was no answer. */
  status: number;
  /** What a 202 named. */
  id: string | undefined;
}

export interface Load {
  asks: Ask[];
  /** Asks no more, and resolves when all that was asked is answered, or never will be. May be called more than once. */
  stop(): Promise<void>;
}

const answerWithinMs = 10_000;

/** Signs up so many a second, each once and under an address of its own, at one API after the other. */
export const startLoad = (apiUrls: string[], perSecond: number): Load => {
  const asks: Ask[] = [];
  const underWay = new Set<Promise<void>>();
  let count = 0;
  const timer = setInterval(() => {
    const apiUrl = apiUrls[count % apiUrls.length] ?? '';
    count += 1;
    const asking = signUp(apiUrl, `chaos.${count}@example.com`).then((ask) => {
      asks.push(ask);
      underWay.delete(asking);
    });
    underWay.add(asking);
  }, 1_000 / perSecond);
  return {
    asks,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
};

const signUp = async (apiUrl: string, email: string): Promise<Ask> => {
  const sentAtMs = Date.now();
  const response = await fetch(`${apiUrl}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', email }),
    signal: AbortSignal.timeout(answerWithinMs),
  }).catch(() => undefined);
  const answeredAtMs = Date.now();
  await response?.arrayBuffer().catch(() => {});
  // From the header: a client has seen it, though the line may break within the body.
  const location = response?.headers.get('location') ?? undefined;
  const id = response?.status === 202 ? location?.slice('/users/'.length) : undefined;
  return { email, sentAtMs, answeredAtMs, status: response?.status ?? 0, id };
};
