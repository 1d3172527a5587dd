/** One `POST /users`, as the client saw it. */
export interface SignUpAttempt {
  email: string;
  sentAtMs: number;
  respondedAtMs: number;
  /** 0 when there was no response. */
  status: number;
  /** The id in a 202 response. */
  id: string | undefined;
}

export interface Load {
  attempts: SignUpAttempt[];
  /** Sends no more requests, and resolves when all requests have ended. May be called more than once. */
  stop(): Promise<void>;
}

const responseWithinMs = 10_000;

/** Sends `perSecond` sign-ups a second to the APIs in turn, each once and with its own address, at eight domains. */
export const startLoad = (apiUrls: string[], apiKey: string, perSecond: number): Load => {
  const attempts: SignUpAttempt[] = [];
  const underWay = new Set<Promise<void>>();
  let count = 0;
  const timer = setInterval(() => {
    const apiUrl = apiUrls[count % apiUrls.length] ?? '';
    count += 1;
    const sending = signUp(apiUrl, apiKey, `chaos.${count}@d${count % 8}.example`).then((attempt) => {
      attempts.push(attempt);
      underWay.delete(sending);
    });
    underWay.add(sending);
  }, 1_000 / perSecond);
  return {
    attempts,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
};

const signUp = async (apiUrl: string, apiKey: string, email: string): Promise<SignUpAttempt> => {
  const sentAtMs = Date.now();
  const response = await fetch(`${apiUrl}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ name: 'Ada', email }),
    signal: AbortSignal.timeout(responseWithinMs),
  }).catch(() => undefined);
  const respondedAtMs = Date.now();
  await response?.arrayBuffer().catch(() => {});
  // From the header, which the client has even if the connection breaks within the body.
  const location = response?.headers.get('location') ?? undefined;
  const id = response?.status === 202 ? location?.slice('/users/'.length) : undefined;
  return { email, sentAtMs, respondedAtMs, status: response?.status ?? 0, id };
};
