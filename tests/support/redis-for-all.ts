import { findRedisServer } from '@backend-jobs/local-services';

/** On a new machine Redis is unpacked first, which can take longer than a test may. */
export default async (): Promise<void> => {
  if (process.env.REDIS_URL) return;
  // Where there is none, the tests that need it say so.
  await findRedisServer({ report: (line) => process.stderr.write(`${line}\n`) }).catch(() => {});
};
