import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisNames } from './names.ts';
import type { Pass, Passes } from './passes.ts';
import { Refusal, type Turn } from './turn.ts';

interface Deps {
  turn: Turn;
  passes: Passes;
  redisNames: RedisNames;
  requireNoWorkers: () => Promise<void>;
  tell: (line: string) => void;
}

/** A request that was accepted at the last moment has added its job by then. */
const acceptanceMs = 2_000;
/** How many that differ are named. */
const namedAtMost = 20;

/** Copies what there is, while the service goes on in Redis. It goes on where it was interrupted. */
export const copyUsers = async ({ turn, passes, tell }: Deps): Promise<void> => {
  if (turn.move.state !== 'copying') throw new Refusal('The last step was begun: go on with -- --finish');
  tell(turn.from === '0' ? 'Copying' : 'Copying, from where it was interrupted');
  tell(`Copied: ${inWords(await passes.overRedis('copy', 'repair', turn))}`);
  tell('Next: stop all workers, and run it with -- --finish');
};

/**
 * The last step, while no worker runs and nothing of a sign-up changes in Redis: makes PostgreSQL the same, compares each
 * record on both sides, and has Redis refuse from then on. It begins anew when it was interrupted.
 */
export const finishMove = async (deps: Deps): Promise<void> => {
  const { turn, passes, redisNames, tell } = deps;
  if (turn.move.state !== 'moved') await makeSame(deps);
  tell('Adding what was accepted meanwhile');
  await sleep(acceptanceMs);
  let added = 0;
  for (const match of [redisNames.job('*'), redisNames.key('*')])
    added += (await passes.overRedis('add', 'add', { match: escaped(match) })).written;
  await turn.finish();
  tell(`Added: ${added}`);
  tell('The users are in PostgreSQL. Next: start every API and worker with DATABASE_URL');
};

const makeSame = async ({ turn, passes, requireNoWorkers, tell }: Deps): Promise<void> => {
  await requireNoWorkers();
  await turn.setState('finishing');
  try {
    // Again, since one may have started before it could know.
    await requireNoWorkers();
    tell('Pruning what is no longer in Redis');
    tell(`Pruned: ${inWords(await passes.overDatabase('prune', 'repair'))}`);
    tell('Copying the rest');
    tell(`Copied: ${inWords(await passes.overRedis('copy', 'repair'))}`);
    tell('Verifying');
    const there = await passes.overRedis('verify from Redis', 'verify');
    const back = await passes.overDatabase('verify from PostgreSQL', 'verify');
    const differences = new Set([...there.differences, ...back.differences]);
    tell(
      `Verified: ${there.looked} from Redis and ${back.looked} from PostgreSQL, ${differences.size} differ`,
    );
    if (differences.size > 0)
      throw new Refusal(
        `These differ, and the users stay in Redis: ${[...differences].slice(0, namedAtMost).join(', ')}`,
      );
  } catch (error) {
    // The service can go on in Redis.
    if (error instanceof Refusal) await turn.setState('copying');
    throw error;
  }
  tell('Setting the mark: Redis accepts no sign-ups from now on');
  await turn.setState('moved');
};

const inWords = ({ looked, written }: Pass): string => `${looked} looked at, ${written} written`;

/** As a pattern of SCAN, in which the last `*` alone has a meaning. */
const escaped = (match: string): string => match.replaceAll(/[[\]?*\\](?!$)/g, '\\$&');
