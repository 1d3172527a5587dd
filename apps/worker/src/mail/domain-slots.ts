/** A place among the sendings of this process. Leave it when the sending is over; `answered`: the server has spoken. */
export interface Slot {
  leave(answered: boolean): void;
}

export interface DomainSlots {
  /** A slot for a message to `domain`, or how many ms to stay away from it. */
  enter(domain: string): Slot | number;
}

interface Domain {
  /** When each of the sendings under way began; the oldest first. */
  startsMs: Set<{ ms: number }>;
  isProven: boolean;
}

const stallMs = 2_000;
const awayMs = { unproven: 200, stalled: 2_000 };

/**
 * Keeps one domain whose mail stalls from taking every slot. A domain gets a quarter of them until one of its messages
 * has been answered, and again while one of them takes longer than 2 s; one that answers may have them all.
 */
export const createDomainSlots = (slots: number): DomainSlots => {
  const share = Math.max(1, Math.floor(slots / 4));
  const domains = new Map<string, Domain>();

  return {
    enter: (name) => {
      const domain = domains.get(name) ?? { startsMs: new Set(), isProven: false };
      domains.set(name, domain);
      const [oldest] = domain.startsMs;
      const isStalled = oldest !== undefined && Date.now() - oldest.ms > stallMs;
      if (domain.startsMs.size >= share && isStalled) return awayMs.stalled;
      if (domain.startsMs.size >= share && !domain.isProven) return awayMs.unproven;
      const start = { ms: Date.now() };
      domain.startsMs.add(start);
      return {
        leave: (answered) => {
          domain.startsMs.delete(start);
          domain.isProven = answered;
          // There are as many domains as people think of: one with nothing under way is forgotten.
          if (domain.startsMs.size === 0) domains.delete(name);
        },
      };
    },
  };
};
