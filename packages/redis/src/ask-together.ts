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

/** Returns a function that asks Redis always the same. All who ask in one turn of the event loop share one answer. */
export const askOnce = <Answer>(redis: Redis, ask: () => Promise<Answer>): (() => Promise<Answer>) => {
  const share = askTogether(redis, async (askers: undefined[]) => {
    const answer = await ask();
    return askers.map(() => answer);
  });
  return () => share(undefined);
};

/** Returns a function that reads the strings of keys, in their order: those of one turn by one command. */
export const createReader = (redis: Redis): ((keys: string[]) => Promise<(string | null)[]>) =>
  askTogether(redis, async (questions: string[][]) => {
    const values = await redis.mget(questions.flat());
    return questions.map((keys) => values.splice(0, keys.length));
  });
