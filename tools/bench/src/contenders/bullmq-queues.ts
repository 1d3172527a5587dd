import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { NewUser } from './welcome-message.ts';

export type NewUserWithId = NewUser & { id: string };

export const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });

const defaultJobOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 24 * 3_600 },
};

export const openUserQueue = () => new Queue<NewUserWithId>('users', { connection, defaultJobOptions });
export const openEmailQueue = () => new Queue<NewUser>('emails', { connection, defaultJobOptions });
