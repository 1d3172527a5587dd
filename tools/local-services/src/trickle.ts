import { setTimeout as sleep } from 'node:timers/promises';

interface Outlet {
  write(chunk: Buffer): unknown;
  destroy(): unknown;
}

export interface Trickle {
  write(chunk: Buffer): void;
  /** Destroys the outlet, after everything that was written before has been passed on. */
  destroy(): void;
}

/** Passes on what is written to it, in order: one byte every `paceMs()`, or everything immediately while that is 0. */
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
    // Without a pace it is passed on synchronously, because tests that watch a wire rely on that.
    write: (chunk) => (backlog || paceMs() > 0 ? append(() => drip(chunk)) : void outlet.write(chunk)),
    destroy: () => (backlog ? append(() => void outlet.destroy()) : void outlet.destroy()),
  };
};
