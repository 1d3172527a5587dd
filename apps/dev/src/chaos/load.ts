/** What clients saw. */
export interface Seen {
  /** Every id that a 202 came with. */
  accepted: Set<string>;
  /** How often each other answer came; 0 stands for none. */
  refused: Record<number, number>;
}

/** Signs up so many a second, each under an address of its own, until the returned function is called. */
export const startLoad = (apiUrl: string, perSecond: number): (() => Promise<Seen>) => {
  const seen: Seen = { accepted: new Set(), refused: {} };
  const underWay = new Set<Promise<void>>();
  let count = 0;
  const signUp = async (email: string): Promise<void> => {
    const response = await fetch(`${apiUrl}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    const body = await response?.json().catch(() => undefined);
    const { id } = (body ?? {}) as { id?: string };
    const status = response?.status ?? 0;
    if (status === 202 && id) seen.accepted.add(id);
    else seen.refused[status] = (seen.refused[status] ?? 0) + 1;
  };
  const timer = setInterval(() => {
    count += 1;
    const request = signUp(`chaos.${count}@example.com`).finally(() => underWay.delete(request));
    underWay.add(request);
  }, 1_000 / perSecond);
  return async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    return seen;
  };
};
