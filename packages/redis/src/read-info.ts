import type { Redis } from 'ioredis';

/** What `INFO` says, by the names that Redis gives it; nothing where the user has no right to ask. */
export const readInfo = async (connection: Redis): Promise<Record<string, string>> => {
  const text = await connection.info().catch(() => '');
  return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
};
