/**
 * The answer to a message that wants to be sent: a place among the sendings of this process, or how long its domain has
 * to wait. `leave` gives the place back; `replied` says whether the server has said anything about the message.
 */
type Slot = { kind: 'entered'; leave(replied: boolean): void } | { kind: 'crowded'; retryAfterMs: number };

export interface DomainSlots {
  enter(domain: string): Slot;
}

const stallMs = 2_000;
const retryAfterMs = { unproven: 200, stalled: 2_000 };

/** How long a reply speaks for its domain, and of how many domains it is remembered. */
const proof = { lastsMs: 60_000, domains: 10_000 };

/**
 * Keeps recipients whose mail stalls from taking every slot.
 *
 * - A domain is proven when one of its messages got a reply in the last minute: then it may have all the slots. While one
 *   of its messages takes longer than 2 s it may have a quarter of them.
 * - A domain that is not proven may have a quarter, and all of those together may have half.
 */
export const createDomainSlots = (slots: number): DomainSlots => {
  const share = Math.max(1, Math.floor(slots / 4));
  const shareOfUnproven = Math.max(1, Math.floor(slots / 2));
  /** When each sending under way began, by domain; the oldest first. */
  const underWay = new Map<string, Set<{ ms: number }>>();
  /** When each domain last replied; the one that did so longest ago first. */
  const replies = new Map<string, number>();
  let unproven = 0;

  const remember = (name: string, replied: boolean): void => {
    replies.delete(name);
    if (replied) replies.set(name, Date.now());
    const [longestAgo] = replies.keys();
    if (longestAgo !== undefined && replies.size > proof.domains) replies.delete(longestAgo);
  };

  const isProven = (name: string): boolean => Date.now() - (replies.get(name) ?? 0) < proof.lastsMs;

  return {
    enter: (name) => {
      const starts = underWay.get(name) ?? new Set();
      const [oldest] = starts;
      const isStalled = oldest !== undefined && Date.now() - oldest.ms > stallMs;
      const isNew = !isProven(name);
      if (starts.size >= share && isStalled) return { kind: 'crowded', retryAfterMs: retryAfterMs.stalled };
      if (isNew && (starts.size >= share || unproven >= shareOfUnproven))
        return { kind: 'crowded', retryAfterMs: retryAfterMs.unproven };
      const start = { ms: Date.now() };
      underWay.set(name, starts.add(start));
      if (isNew) unproven += 1;
      return {
        kind: 'entered',
        leave: (replied) => {
          starts.delete(start);
          if (starts.size === 0) underWay.delete(name);
          if (isNew) unproven -= 1;
          remember(name, replied);
        },
      };
    },
  };
};
