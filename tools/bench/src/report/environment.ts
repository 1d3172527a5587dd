import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';

/** What the figures were taken on, and with. */
export interface Environment {
  machine: { processors: string; memory: string; system: string };
  versions: Record<string, string>;
}

const packages = [
  'fastify',
  'bullmq',
  'ioredis',
  'pg',
  'nodemailer',
  'express',
  'bull',
  'express-rate-limit',
  'rate-limit-redis',
  'helmet',
  'pino-http',
  'zod',
  'graphile-worker',
];

/** `servers` are those that are no packages. */
export const readEnvironment = async (servers: { redis: string; postgres: string }): Promise<Environment> => {
  const versions: Record<string, string> = { node: process.versions.node, ...servers };
  for (const name of packages) versions[name] = await versionOf(name);
  const processors = cpus();
  return {
    machine: {
      processors: `${processors.length} × ${processors[0]?.model.trim() || 'unknown'}`,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      system: `${type()} ${release()}, ${arch()}`,
    },
    versions,
  };
};

const versionOf = async (name: string): Promise<string> => {
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
};
