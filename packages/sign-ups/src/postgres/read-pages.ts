/** How many rows a page has at most. */
export const pageSize = 1_000;

/**
 * The rows that `read` finds behind a key, in pages. Each page goes on behind the last row of the one before, and not from
 * its place: that would cost all the rows before it.
 */
export const readPages = async function* <Found, Key>(
  firstKey: Key,
  read: (after: Key) => Promise<readonly Found[]>,
  keyOf: (row: Found) => Key,
): AsyncGenerator<readonly Found[]> {
  for (let after = firstKey; ; ) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < pageSize) return;
    after = keyOf(last);
  }
};
