export { CreateUserPayload, createUser } from './create-user.ts';
export { InvalidPayload, type JobDefinition, NewerPayload, parsePayload } from './define-job.ts';
export { ReconcileSignUpsPayload, reconcileSignUps } from './reconcile-sign-ups.ts';
export { retryDelayMs } from './retry-delay.ts';
export { SendWelcomeEmailPayload, sendWelcomeEmail } from './send-welcome-email.ts';
export { createSignUpFlow, type SignUpFlow } from './sign-up-flow.ts';
