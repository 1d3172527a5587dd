/** A place among the sendings of this process. Leave it when the sending is over; `answered`: the server has spoken. */
export interface Slot {
  leave(answered: boolean): void;
}

export interface DomainSlots {
  /** A slot for a message to `domain`, or how many ms to stay away from it. */
  enter(domain: string): Slot | number;
}

const stallMs = 2_000;
const awayMs = { unproven: 200, stalled: 2_000 };

/** How long an answer speaks for its domain; and for how many, since there are as many as people think of. */
const proof = { lastsMs: 60_000, domains: 10_000 };

/**
 * Keeps one domain whose mail stalls from taking every slot. A domain gets a quarter of them unless one of its messages
 * has been answered in the last minute, and again while one of them takes longer than 2 s; one that answers may have them all.
 */
export const createDomainSlots = (slots: number): DomainSlots => {
  const share = Math.max(1, Math.floor(slots / 4));
  /** When each of the sendings under way began, by domain; the oldest first. */
  const underWay = new Map<string, Set<{ ms: number }>>();
  /** When each domain last answered; the one that did so longest ago first. */
  const answers = new Map<string, number>();

  const remember = (name: string, answered: boolean): void => {
    answers.delete(name);
    if (answered) answers.set(name, Date.now());
    const [longestAgo] = answers.keys();
    if (longestAgo !== undefined && answers.size > proof.domains) answers.delete(longestAgo);
  };

  const isProven = (name: string): boolean => Date.now() - (answers.get(name) ?? 0) < proof.lastsMs;

  return {
    enter: (name) => {
      const starts = underWay.get(name) ?? new Set();
      const [oldest] = starts;
      const isStalled = oldest !== undefined && Date.now() - oldest.ms > stallMs;
      if (starts.size >= share && isStalled) return awayMs.stalled;
      if (starts.size >= share && !isProven(name)) return awayMs.unproven;
      const start = { ms: Date.now() };
      underWay.set(name, starts.add(start));
      return {
        leave: (answered) => {
          starts.delete(start);
          if (starts.size === 0) underWay.delete(name);
          remember(name, answered);
        },
      };
    },
  };
};
