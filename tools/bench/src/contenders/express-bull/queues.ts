import Queue from 'bull';
import type { NewUser } from '../welcome-message.ts';

const { REDIS_URL = '' } = process.env;

export const userQueue = new Queue<NewUser>('users', REDIS_URL);
export const emailQueue = new Queue<NewUser>('emails', REDIS_URL);
