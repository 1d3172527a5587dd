import { openTestRedis, type Postfix, type PostfixConfig, startPostfix } from '@backend-jobs/local-services';
import { test as anyTest } from 'vitest';
import { apiKeysEnv } from '../../support/api-key.ts';
import { openWorld, type World } from '../../support/world.ts';
import { postfixPrograms } from './find-postfix.ts';

/** The whole service, and the Postfix that it mails through. */
export interface MailService {
  world: World;
  postfix: Postfix;
}

type Env = Record<string, string>;

const openMailService = async (
  opened: AsyncDisposableStack,
  config: PostfixConfig,
  env: Env,
): Promise<MailService> => {
  const postfix = await startPostfix({ programs: postfixPrograms.get(), config });
  opened.defer(() => postfix.stop());
  const redis = await openTestRedis();
  opened.defer(() => redis.stop());
  const world = await openWorld(opened, redis, { ...apiKeysEnv, SMTP_URL: postfix.url, ...env });
  return { world, postfix };
};

/** `open` starts a service for one test alone. */
// biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
export const test = anyTest.extend('open', async ({}, { onCleanup }) => {
  const opened = new AsyncDisposableStack();
  onCleanup(() => opened.disposeAsync());
  return (config: PostfixConfig, env: Env = {}) => openMailService(opened, config, env);
});

/** `service` is shared by the tests of a file; each starts a worker of its own with `workWith`. */
export const testWith = (config: PostfixConfig) =>
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  anyTest.extend('service', { scope: 'file' }, async ({}, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return openMailService(opened, config, {});
  });

/**
 * From now on one worker runs, with these settings on top of the world's own. Returns what it and the API
 * will log.
 */
export const workWith = async (world: World, env: Env): Promise<() => string> => {
  await world.workers.pop()?.stop();
  const before = world.log.length;
  await world.startWorker(env);
  return () => world.log.slice(before);
};

/** The lines of a log in which the worker warns of something, or worse. */
export const troubles = (log: string): string[] =>
  log.split('\n').filter((line) => {
    const { process, level } = parsed(line);
    return process === 'worker' && Number(level) >= 40;
  });

/** Two processes write into one log: where one was cut short, its line is not whole. */
const parsed = (line: string): { process?: unknown; level?: unknown } => {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
};
