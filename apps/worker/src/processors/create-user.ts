import { type CreateUserPayload, createUserJob, type WelcomeEmailChild } from '@backend-jobs/jobs';
import type {
  AcceptedSignUps,
  SignUp,
  SignUpStore,
  WelcomeEmail,
  WelcomeEmailLedger,
} from '@backend-jobs/sign-ups';
import type { JobReport, JobResult, JobRun, Processor } from './processor.ts';

interface Deps {
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  accepted?: AcceptedSignUps | undefined;
  child: WelcomeEmailChild;
}

/**
 * Creates the user, attaches the welcome email as a child, and waits for it. The first pass has the person's details and
 * parks the job. It is completed with the email that was sent (`completeParents`). Where that can't be, a second pass
 * starts when the child has ended, and reports both outcomes.
 */
export const createUserProcessor = ({
  signUpStore,
  welcomeEmails,
  accepted,
  child,
}: Deps): Processor<typeof CreateUserPayload> => {
  /**
   * Makes the sign-up, unless that was done before. A job that runs for the first time mostly finds it waiting, and one
   * that runs again finds it made: so that is what such a one asks for first.
   */
  const make = async ({ payload, job }: JobRun<CreateUserPayload>): Promise<SignUp | undefined> => {
    const { userId } = payload;
    const made = !payload.newUser && job.attemptsStarted > 1 ? await signUpStore.find(userId) : undefined;
    if (made && made.outcome !== 'failed') return made;
    const newUser = payload.newUser ?? (await accepted?.findWaiting(userId))?.newUser;
    return newUser ? signUpStore.create(userId, newUser) : signUpStore.find(userId);
  };

  const firstPass = async (run: JobRun<CreateUserPayload>): Promise<JobResult> => {
    const { job, token, payload } = run;
    const signUp = await make(run);
    if (hasEmailThatIs(['pending'], signUp)) await child.attach(job, 0);
    // A run has claimed it, and its job may have been lost.
    if (hasEmailThatIs(['sending'], signUp))
      await child.attach(job, await welcomeEmails.lastJob(payload.userId));
    // Both at once, since neither needs the other: if one is lost, the next run makes up for it.
    const forget = payload.newUser && child.forgetNewUser(job);
    const [isParked] = await Promise.all([child.park(job, token), forget]);
    if (isParked) return { next: 'parked' };
    // An email that was open when it was looked up may be over by now.
    return isOpen(signUp) ? secondPass(run) : completed(signUp);
  };

  const secondPass = async ({
    payload: { userId },
    job,
    token,
  }: JobRun<CreateUserPayload>): Promise<JobResult> => {
    // A worker that died between attaching and parking has left an open child.
    if (await child.park(job, token)) return { next: 'parked' };
    const signUp = await signUpStore.find(userId);
    if (!isOpen(signUp)) return completed(signUp);
    // An operator removed the email's job, or it died with its worker too often: nobody has recorded that it is over.
    await welcomeEmails.giveUp(userId, await child.failure(job));
    return completed(await signUpStore.find(userId));
  };

  return {
    job: createUserJob,
    // Where the store has the details, a job does not show whether its first pass has come to its end: it is gone through
    // again, and does what is missing.
    process: (run) => (run.payload.newUser || accepted ? firstPass(run) : secondPass(run)),
    giveUp: (userId) => signUpStore.recordFailure(userId),
  };
};

const hasEmailThatIs = (statuses: WelcomeEmail['status'][], signUp: SignUp | undefined): boolean =>
  signUp?.outcome === 'created' && statuses.includes(signUp.welcomeEmail.status);

/** Whether nobody has recorded yet that the email is over, or a further copy of it may be sent. */
const isOpen = (signUp: SignUp | undefined): boolean =>
  hasEmailThatIs(['pending', 'sending', 'unknown'], signUp);

const completed = (signUp: SignUp | undefined): JobResult => ({
  next: 'completed',
  report: reportOf(signUp),
});

/** Where the email was sent. */
export const welcomedReport: JobReport = { outcome: 'created', welcomeEmail: 'sent' };

const reportOf = (signUp: SignUp | undefined): JobReport => {
  switch (signUp?.outcome) {
    case 'created':
      return { outcome: 'created', welcomeEmail: signUp.welcomeEmail.status };
    case 'rejected':
      return { outcome: 'rejected', reason: signUp.reason };
    case 'removed':
    case 'deleted':
      return { outcome: signUp.outcome };
    default:
      throw new Error('The store has no outcome of this sign-up, and its job no longer has the details');
  }
};
