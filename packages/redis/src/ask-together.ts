import type { Redis } from 'ioredis';
import { CoalescingRedis } from './coalescing-redis.ts';

interface Asked<Question, Answer> extends Pick<PromiseWithResolvers<Answer>, 'resolve' | 'reject'> {
  question: Question;
}

/**
 * Returns a function that asks one thing of Redis. All that is asked in one turn of the event loop goes to `ask`, which
 * returns the answers in the order of the questions: a command costs the processes on both sides more than what it asks
 * for. If `ask` fails, it has failed for each of them.
 */
export const askTogether = <Question, Answer>(
  redis: Redis,
  ask: (questions: Question[]) => Promise<readonly Answer[]>,
): ((question: Question) => Promise<Answer>) => {
  let asked: Asked<Question, Answer>[] = [];

  const send = async (): Promise<void> => {
    const batch = asked;
    asked = [];
    try {
      const answers = await ask(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      asked.push({ question, resolve, reject });
      if (asked.length > 1) return;
      if (redis instanceof CoalescingRedis) redis.atEndOfTurn(send);
      else setImmediate(send);
    });
};

/** What Redis has of keys, in their order. */
export type ReadKeys = (keys: string[]) => Promise<(string | null)[]>;

/** Returns a function that reads the strings of keys: those of one turn by one command, and each key once. */
export const createReader = (redis: Redis): ReadKeys =>
  askTogether(redis, async (questions: string[][]) => {
    const places = new Map<string, number>();
    for (const key of questions.flat()) if (!places.has(key)) places.set(key, places.size);
    const values = await redis.mget([...places.keys()]);
    return questions.map((keys) => keys.map((key) => values[places.get(key) as number] ?? null));
  });
