/** As many as 12 bits can name. A number that divides them, like 1 or 16, divides them into equal parts. */
const buckets = 4_096;

/** The bucket of an address or a key, by its keyed hash in base64url: its first 12 bits. */
export const bucketOfHash = (hash: string): number =>
  Buffer.from(hash.slice(0, 4), 'base64url').readUInt16BE(0) >> 4;

/**
 * The bucket of a sign-up, by its id: the last 12 bits of a UUIDv8. A UUIDv7 was given before there was more than one shard,
 * and all that is in bucket 0.
 */
const bucketOfId = (id: string): number => (id[14] === '8' ? Number.parseInt(id.slice(-3), 16) : 0);

/**
 * What there is once for each shard: a connection, a queue, a store. Each shard has its own keys in Redis, so that a
 * cluster can have them on several masters, and no step of a sign-up needs two of them.
 */
export class Shards<Part> {
  /** In the order of the shards. There is at least one. */
  readonly all: readonly Part[];

  constructor(all: readonly Part[]) {
    this.all = all;
  }

  /** The one that has what there is once for all, and what is older than the others. */
  get first(): Part {
    return this.all[0] as Part;
  }

  /** The one to which the id of a sign-up leads. */
  of(id: string): Part {
    return this.ofBucket(bucketOfId(id));
  }

  ofBucket(bucket: number): Part {
    return this.all[Math.floor((bucket * this.all.length) / buckets)] as Part;
  }

  map<Next>(make: (part: Part, place: number) => Next): Shards<Next> {
    return new Shards(this.all.map(make));
  }
}
