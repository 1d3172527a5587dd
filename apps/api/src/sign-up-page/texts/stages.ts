import type { RejectionReason } from '@backend-jobs/sign-ups';
import type { SignUpStatus } from '../../sign-up-status.ts';

/** How far a sign-up is, in the eyes of the person. */
export type Stage =
  | 'queued'
  | 'welcoming'
  | 'welcomed'
  | 'not-welcomed'
  | 'perhaps-welcomed'
  | 'failed'
  | 'removed'
  | RejectionReason;

export type StepState = 'done' | 'current' | 'todo' | 'failed' | 'unknown';

export const stageOf = ({ status, reason, welcomeEmail }: SignUpStatus): Stage => {
  if (status === 'rejected') return reason ?? 'email-taken';
  if (status !== 'created') return status;
  switch (welcomeEmail?.status) {
    case 'sent':
      return 'welcomed';
    case 'failed':
      return 'not-welcomed';
    case 'unknown':
      return 'perhaps-welcomed';
    default:
      return 'welcoming';
  }
};

/** How each of the three steps is: sign-up received, account created, welcome email sent. */
export const stepsOf = (stage: Stage): [StepState, StepState, StepState] => {
  switch (stage) {
    case 'queued':
      return ['done', 'current', 'todo'];
    case 'welcoming':
      return ['done', 'done', 'current'];
    case 'welcomed':
      return ['done', 'done', 'done'];
    case 'not-welcomed':
      return ['done', 'done', 'failed'];
    case 'perhaps-welcomed':
      return ['done', 'done', 'unknown'];
    default:
      return ['done', 'failed', 'todo'];
  }
};
