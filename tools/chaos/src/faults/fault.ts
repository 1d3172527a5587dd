/** How the part behaves to others: it is gone, does not reply, refuses, or drops connections. */
export type Appearance = 'gone' | 'silent' | 'refusing' | 'dropping';

/** One way to break a part of the service, and to repair it. */
export interface Fault<Part> {
  /** The shortest and the longest duration. */
  lastsMs: readonly [number, number];
  appearance: Appearance;
  /** Whether a worker may resend a message that has arrived, because it could not learn of that. */
  mayCopy: boolean;
  /** Whether the service recovers from the start of the fault on (without the process that ended), or from its end. */
  recoversFrom: 'start' | 'end';
  start(part: Part, lastsMs: number): Promise<void> | void;
  repair(part: Part): Promise<void> | void;
}
