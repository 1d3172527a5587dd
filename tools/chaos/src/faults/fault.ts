/** How a fault looks from the other side: it is gone, says nothing, says no, or hangs up. */
export type Appearance = 'gone' | 'silent' | 'refusing' | 'dropping';

/** Something that can break in a part of the service, and be mended. */
export interface Fault<Part> {
  /** The least and the most that it may last. */
  lastsMs: readonly [number, number];
  appearance: Appearance;
  /** Whether a message that has come may look to the worker as if it had not, and be sent again. */
  mayCopy: boolean;
  /** From when on the service heals: a process that was killed does so without its successor. */
  healsFrom: 'start' | 'mend';
  start(part: Part, lastsMs: number): Promise<void> | void;
  mend(part: Part): Promise<void> | void;
}
