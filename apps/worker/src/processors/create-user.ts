import { type CreateUserPayload, createUser, type SignUpFlow } from '@backend-jobs/jobs';
import type { SignUp, UserStore, WelcomeEmail } from '@backend-jobs/sign-ups';
import type { JobReport, Task } from './task.ts';

/** Makes the user, then has the welcome email sent, and ends when both are known. */
export const createUserTask = ({
  users,
  signUps,
}: {
  users: UserStore;
  signUps: SignUpFlow;
}): Task<typeof CreateUserPayload> => ({
  definition: createUser,

  process: async ({ payload: { userId, newUser }, job, token }) => {
    if (newUser) {
      const signUp = await users.create(userId, newUser);
      if (emailIs(signUp, ['pending', 'sending'])) await signUps.attachWelcomeEmail(job);
      // Side by side, since neither needs the other: whichever is lost, the next pass makes good.
      await Promise.all([signUps.forgetNewUser(job), signUps.awaitWelcomeEmail(job, token)]); // parks here
    }
    const signUp = await users.find(userId);
    const isOver = !emailIs(signUp, ['pending', 'sending', 'unknown']);
    // Once its email is over nothing is open, as a rule. Else it can't end, and the next attempt asks.
    if (!isOver || job.attemptsMade > 0) await signUps.awaitWelcomeEmail(job, token);
    if (isOver) return report(signUp);
    // Its email was removed, or was ended unseen (its worker died with it too often): nobody has told the store.
    await users.giveUpWelcomeEmail(userId, await signUps.welcomeEmailFailure(job));
    return report(await users.find(userId));
  },

  giveUp: (job) => users.recordFailure(job.data.userId),
});

const emailIs = (signUp: SignUp | undefined, statuses: WelcomeEmail['status'][]): boolean =>
  signUp?.outcome === 'created' && statuses.includes(signUp.welcomeEmail.status);

const report = (signUp: SignUp | undefined): JobReport => {
  switch (signUp?.outcome) {
    case 'created':
      return { outcome: 'created', welcomeEmail: signUp.welcomeEmail.status };
    case 'rejected':
      return { outcome: 'rejected', reason: signUp.reason };
    case 'deleted':
      return { outcome: 'deleted' };
    default:
      throw new Error('The store knows nothing of this sign-up, and its job no longer has the details');
  }
};
