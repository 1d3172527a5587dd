import { Pool } from 'pg';
import type { NewUser } from '../welcome-message.ts';

export type NewUserWithId = NewUser & { id: string };

export const jobOptions = { maxAttempts: 5 };

export const openPool = (max: number): Pool => {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL ?? '', max });
  const onError = (error: Error) => process.stderr.write(`${error.message}\n`);
  pool.on('error', onError);
  pool.on('connect', (client) => void client.on('error', onError));
  return pool;
};
