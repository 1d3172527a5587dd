import { addUpQueueStates, type QueueShard, readQueueState } from '@backend-jobs/jobs';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Finding } from './report.ts';

/** An email that waits for longer has met a fault, and not only a queue. */
const longWaitMinutes = 15;
/** So many say enough, and no more are counted. */
const manyLate = 1_000;

/** Whether somebody works on the sign-ups, and whether some have waited for too long. */
export async function* examineSignUps(
  shards: readonly QueueShard[],
  welcomeEmails: WelcomeEmailLedger,
): AsyncGenerator<Finding> {
  yield await examineWorkers(shards);
  for (const name of ['users', 'emails'] as const) {
    const states = await Promise.all(
      shards.map(({ queues, connection }) => readQueueState(queues[name], connection)),
    );
    const { counts, isPaused } = addUpQueueStates(states);
    const found = `${counts.waiting} wait, ${counts.delayed} wait for their next attempt, ${counts.failed} failed`;
    yield isPaused
      ? { step: name, failed: `paused: ${found}`, advice: 'Press Resume on the dashboard.' }
      : { step: name, found };
  }
  let late = 0;
  for await (const page of welcomeEmails.findOpen(longWaitMinutes * 60_000)) {
    late += page.length;
    if (late >= manyLate) break;
  }
  yield late === 0
    ? { step: 'sign-ups', found: `nobody has waited for a welcome for ${longWaitMinutes} minutes` }
    : {
        step: 'sign-ups',
        failed: `${late < manyLate ? late : `at least ${manyLate}`} have waited for a welcome for ${longWaitMinutes} minutes`,
        advice:
          'See "Welcome emails stay pending" in docs/troubleshooting.md; npm run audit:signups shows which ones hang.',
      };
}

const examineWorkers = async (shards: readonly QueueShard[]): Promise<Finding> => {
  // Each worker serves all shards.
  const [{ queues }] = shards as [QueueShard];
  // Without the right to CLIENT LIST BullMQ answers with nobody.
  const workers = await queues.users.getWorkers().catch(() => []);
  return workers.length > 0
    ? { step: 'workers', found: `${workers.length}` }
    : {
        step: 'workers',
        failed: 'none can be seen',
        advice: 'Start a worker, or allow the Redis user +client|list to see them (docs/redis.md).',
      };
};
