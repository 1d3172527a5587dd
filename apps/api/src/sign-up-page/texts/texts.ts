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
  steps: [string, string, string];
  stepStates: Record<StepState, string>;
  /** For a browser that runs no scripts. */
  refreshes: string;
  again: string;
  problems: Record<'too-many-requests' | 'unavailable' | 'not-found' | 'other', Words>;
}
