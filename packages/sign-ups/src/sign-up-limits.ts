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
