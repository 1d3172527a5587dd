import { type CreateUserPayload, createUser, type SignUpFlow } from '@backend-jobs/jobs';
import type { SignUp, UserStore } from '@backend-jobs/users';
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
    const signUp = newUser && (await users.create(userId, newUser));
    if (signUp && emailIs(signUp, ['pending', 'sending'])) await signUps.attachWelcomeEmail(job);
    // Side by side, since neither needs the other: whichever is lost, the next pass makes good.
    const forgotten = signUp && signUps.forgetNewUser(job);
    await Promise.all([forgotten, signUps.awaitWelcomeEmail(job, token)]); // parks here on the first pass
    const settled = await users.find(userId);
    if (!settled || !emailIs(settled, ['pending', 'sending', 'unknown'])) return report(settled);
    // Its email was removed, or was ended unseen (its worker died with it too often): nobody has told the store.
    await users.giveUpWelcomeEmail(userId, await signUps.welcomeEmailFailure(job));
    return report(await users.find(userId));
  },

  giveUp: (job) => users.recordFailure(job.data.userId),
});

const emailIs = (signUp: SignUp, statuses: string[]): boolean =>
  signUp.outcome === 'created' && statuses.includes(signUp.welcomeEmail.status);

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
