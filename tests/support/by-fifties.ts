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
