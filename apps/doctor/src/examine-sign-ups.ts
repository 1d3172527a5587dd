import type { Queues } from '@backend-jobs/jobs';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Finding } from './report.ts';

/** An email that waits for longer has met a fault, and not only a queue. */
const longWaitMinutes = 15;

/** Whether somebody works on the sign-ups, and whether some have waited for too long. */
export async function* examineSignUps(
  queues: Queues,
  welcomeEmails: WelcomeEmailLedger,
): AsyncGenerator<Finding> {
  yield await examineWorkers(queues);
  for (const queue of [queues.users, queues.emails]) {
    const { waiting = 0, delayed = 0, failed = 0 } = await queue.getJobCounts('waiting', 'delayed', 'failed');
    const found = `${waiting} wait, ${delayed} wait for their next attempt, ${failed} failed`;
    yield (await queue.isPaused())
      ? { step: queue.name, failed: `paused: ${found}`, advice: 'Press Resume on the dashboard.' }
      : { step: queue.name, found };
  }
  const late = await welcomeEmails.findOpen(longWaitMinutes * 60_000, { offset: 0, count: 1_000 });
  yield late.length === 0
    ? { step: 'sign-ups', found: `nobody has waited for a welcome for ${longWaitMinutes} minutes` }
    : {
        step: 'sign-ups',
        failed: `${late.length === 1_000 ? 'at least 1000' : late.length} have waited for a welcome for ${longWaitMinutes} minutes`,
        advice:
          'See "Welcome emails stay pending" in docs/troubleshooting.md; npm run audit:signups shows which ones hang.',
      };
}

const examineWorkers = async ({ users }: Queues): Promise<Finding> => {
  // Without the right to CLIENT LIST BullMQ answers with nobody.
  const workers = await users.getWorkers().catch(() => []);
  return workers.length > 0
    ? { step: 'workers', found: `${workers.length}` }
    : {
        step: 'workers',
        failed: 'none can be seen',
        advice: 'Start a worker, or allow the Redis user +client|list to see them (docs/redis.md).',
      };
};
