/**
 * Merges what comes in order from several sources, page by page, into one order. It reads from a source only when all
 * of its last page is taken. It fails if any of them fails, since it would leave out what that one has.
 */
export const mergeSorted = async function* <Item>(
  sources: readonly AsyncIterable<readonly Item[]>[],
  compare: (a: Item, b: Item) => number,
): AsyncGenerator<Item> {
  const heads = sources.map((source) => new Head(source));
  await Promise.all(heads.map((head) => head.fill()));
  for (;;) {
    const open = heads.filter((head) => head.item !== undefined);
    const [next] = open.sort((a, b) => compare(a.item as Item, b.item as Item));
    if (!next) return;
    yield next.item as Item;
    await next.advance();
  }
};

/** The next item of one source; `undefined` when there are no more. */
class Head<Item> {
  readonly #pages: AsyncIterator<readonly Item[]>;
  #page: readonly Item[] = [];
  #place = 0;

  constructor(source: AsyncIterable<readonly Item[]>) {
    this.#pages = source[Symbol.asyncIterator]();
  }

  get item(): Item | undefined {
    return this.#page[this.#place];
  }

  async advance(): Promise<void> {
    this.#place += 1;
    await this.fill();
  }

  /** A page can be empty, and others follow. */
  async fill(): Promise<void> {
    while (this.#place >= this.#page.length) {
      const { done, value } = await this.#pages.next();
      this.#page = done ? [] : value;
      this.#place = 0;
      if (done) return;
    }
  }
}
