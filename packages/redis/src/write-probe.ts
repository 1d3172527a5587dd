import type { Redis } from 'ioredis';

/** What a write has shown stays true for so long: however many ask, Redis gets one write in this time. */
const validMs = 1_000;

/** Rejects when Redis does not take a write: when it can't be reached, is full, or is a replica by now. */
export type WriteProbe = () => Promise<void>;

/** @param untilReplicated where a write counts only when the replicas have it */
export const createWriteProbe = (
  connection: Redis,
  keyPrefix: string,
  untilReplicated?: () => Promise<void>,
): WriteProbe => {
  const key = `${keyPrefix}:write-probe`;
  let validUntilMs = Number.NEGATIVE_INFINITY;
  let last = Promise.resolve();

  const write = async (): Promise<void> => {
    validUntilMs = Number.POSITIVE_INFINITY; // while it is under way
    try {
      await connection.set(key, '', 'PX', 60_000);
      await untilReplicated?.();
    } finally {
      validUntilMs = performance.now() + validMs;
    }
  };

  return () => {
    if (performance.now() >= validUntilMs) last = write();
    return last;
  };
};
