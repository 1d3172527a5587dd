import { findRedisServer } from '@backend-jobs/local-services';

/** On a new machine Redis is unpacked first, which can take longer than a test may. */
export default async (): Promise<void> => {
  if (process.env.REDIS_URL) return;
  await findRedisServer({ report: (line) => process.stderr.write(`${line}\n`) });
};
