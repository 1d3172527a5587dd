export { CreateUserPayload, createUserJob } from './create-user-job.ts';
export { InvalidPayloadError, type JobDefinition, NewerPayloadError, parsePayload } from './define-job.ts';
export { findSignUp, type JobFacts, type SignUpFacts } from './find-sign-up.ts';
export {
  countDurations,
  type DurationKind,
  durationsLayout,
  type HourOfDurations,
  percentileOf,
  readDurations,
} from './job-durations.ts';
export { createJobRemoval, JobIsActiveError, type JobRemoval, type RemovableState } from './job-removal.ts';
export {
  createSignUpJobStates,
  isLiveState,
  type SignUpJobStates,
  spreadSignUpJobStates,
} from './job-states.ts';
export { readOldestWaitingMs } from './oldest-waiting.ts';
export { addUpQueueStates, type QueueState, readQueueState } from './queue-state.ts';
export { openQueues, openQueuesOf, type QueueShard, type Queues } from './queues.ts';
export { ReconcileSignUpsPayload, reconcileSignUpsJob } from './reconcile-sign-ups-job.ts';
export {
  type FailureGroup,
  type FailureGroups,
  type FailureQueue,
  failureQueues,
  groupFailures,
  mergeFailureGroups,
} from './redrives/failure-groups.ts';
export {
  forecastMs,
  Redrive,
  type RedriveExample,
  RedriveOrder,
  RedriveSelection,
} from './redrives/redrive.ts';
export { RedrivePayload, redriveJob } from './redrives/redrive-job.ts';
export { createRedriveRunner, type RedriveRunner } from './redrives/redrive-runner.ts';
export { createRedrives, type Redrives } from './redrives/redrives.ts';
export { spreadRedrives } from './redrives/spread-redrives.ts';
export { retryDelayMs } from './retry-delay.ts';
export { SendWelcomeEmailPayload, sendWelcomeEmailJob } from './send-welcome-email-job.ts';
export { createSignUpProducer, type SignUpProducer, spreadSignUpProducer } from './sign-up-producer.ts';
export { createSignUpRepair, type SignUpRepair } from './sign-up-repair.ts';
export { createWelcomeEmailChild, type WelcomeEmailChild } from './welcome-email-child.ts';
