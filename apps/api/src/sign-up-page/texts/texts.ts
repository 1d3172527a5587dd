import type { Stage, StepState } from './stages.ts';

type Words = { heading: string; message: string };

/** All that the pages say in one language. */
export interface Texts {
  language: string;
  form: Words & { name: string; email: string; submit: string };
  faults: Record<'name' | 'email', Record<'empty' | 'tooLong' | 'invalid', string>> & {
    email: { taken: string; tooMany: string };
  };
  stages: Record<Stage, Words>;
  /** The three steps, and what is said of each in the states that it can have. */
  steps: { name: string; states: Partial<Record<StepState, string>> }[];
  /** For a browser that runs no scripts. */
  refreshes: string;
  again: string;
  problems: Record<'too-many-requests' | 'unavailable' | 'forbidden' | 'not-found' | 'other', Words>;
}
