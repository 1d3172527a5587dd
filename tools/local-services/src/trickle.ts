import { setTimeout as sleep } from 'node:timers/promises';

/** Where to write to. */
interface Outlet {
  write(chunk: Buffer): unknown;
  destroy(): unknown;
}

export interface Trickle {
  write(chunk: Buffer): void;
  /** Destroys the outlet, once all that was written has gone out. */
  destroy(): void;
}

/** Hands on what it is given, in order: a byte every `paceMs()`, and all at once while that is 0. */
export const createTrickle = (outlet: Outlet, paceMs: () => number): Trickle => {
  let backlog: Promise<void> | undefined;
  const drip = async (chunk: Buffer): Promise<void> => {
    for (let sent = 0; sent < chunk.length; ) {
      if (paceMs() > 0) await sleep(paceMs(), undefined, { ref: false });
      const end = paceMs() > 0 ? sent + 1 : chunk.length;
      outlet.write(chunk.subarray(sent, end));
      sent = end;
    }
  };
  const append = (act: () => Promise<void> | void): void => {
    const appended = (backlog ?? Promise.resolve()).then(act).then(() => {
      if (backlog === appended) backlog = undefined;
    });
    backlog = appended;
  };
  return {
    // Without a pace it goes at once, in the same turn: whoever watches a wire counts on that.
    write: (chunk) => (backlog || paceMs() > 0 ? append(() => drip(chunk)) : void outlet.write(chunk)),
    destroy: () => (backlog ? append(() => void outlet.destroy()) : void outlet.destroy()),
  };
};
