import { once } from 'node:events';
import { createRecordKey } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import { type Finding, failureOf } from './report.ts';

const withinMs = 2_000;

/** Whether a message gets from one process to another, as each change of a sign-up does for those who follow it live. */
export const examineChannels = async (connection: Redis, keyPrefix: string): Promise<Finding> => {
  const channel = createRecordKey(keyPrefix)('doctor');
  const listener = connection.duplicate();
  listener.on('error', () => {});
  try {
    await listener.subscribe(channel);
    const received = once(listener, 'message', { signal: AbortSignal.timeout(withinMs) });
    received.catch(() => {}); // it is awaited below, if the message can be sent
    await connection.publish(channel, '');
    await received;
    return { step: 'channels', found: 'a message gets through' };
  } catch (error) {
    return failureOf(
      'channels',
      error,
      'Give the user the rights of docs/redis.md: without them those who follow a sign-up live see it a second later.',
    );
  } finally {
    listener.disconnect();
  }
};
