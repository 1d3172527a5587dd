/** Fifty requests at a time: on a busy machine an API has no time to read what hundreds send at the same moment. */
export const byFifties = async <Item, Result>(
  items: readonly Item[],
  request: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  while (results.length < items.length) {
    const next = items.slice(results.length, results.length + 50);
    results.push(...(await Promise.all(next.map(request))));
  }
  return results;
};

/**
 * For an API that a thousand ask at once from one address: on a busy machine it may read for the first time what some sent
 * long before.
 */
export const patientWithClients = {
  HEADERS_TIMEOUT: '1m',
  REQUEST_TIMEOUT: '1m',
  MAX_CONNECTIONS_PER_ADDRESS: '2000',
};
