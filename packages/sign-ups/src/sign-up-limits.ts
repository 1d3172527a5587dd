/** So many in so long. */
interface Limit {
  max: number;
  durationMs: number;
}

/**
 * How many users may be made, over all processes. A window begins with the first user in it. Deleting a user gives
 * nothing back, or somebody could have a mailbox mailed again and again by signing it up and deleting it.
 */
export interface SignUpLimits {
  /** For each mailbox (`mailboxOf`); `undefined`: no limit. */
  perMailbox: Limit | undefined;
  /** For each domain of an address; `undefined`: no limit. */
  perDomain: Limit | undefined;
}

export const noLimits: SignUpLimits = { perMailbox: undefined, perDomain: undefined };

/**
 * What one of several shards allows. All addresses of a mailbox are in one shard, which counts them all. Those of a domain
 * are in all of them: each allows its part, rounded up, so that together they allow at most one more for each shard.
 */
export const limitsOfShard = ({ perMailbox, perDomain }: SignUpLimits, shards: number): SignUpLimits => ({
  perMailbox,
  perDomain: perDomain && { ...perDomain, max: Math.ceil(perDomain.max / shards) },
});
