import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.ts';
import { stopProcess } from '../stop-process.ts';
import { findRedisServer } from './find-redis-server.ts';
import type { RedisSource } from './redis-source.ts';

export interface SentinelsOptions {
  master: { port: number };
  /** How often it has replicas, which have to be there already. */
  replicas: number;
  /** How many sentinels, of which most have to agree. Three by default. */
  count?: number;
  source?: RedisSource;
  name?: string;
  /** After how long without a reply the master counts as gone. */
  downAfterMs?: number;
}

export interface Sentinels {
  /** Names all of them, and the master's name. */
  url: string;
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;

/** Starts sentinels that watch a master, and waits until they know its replicas and each other. */
export const startSentinels = async (options: SentinelsOptions): Promise<Sentinels> => {
  const { name = 'sign-ups', count = 3 } = options;
  const opened = new AsyncDisposableStack();
  try {
    const ports = await Promise.all(
      Array.from({ length: count }, () => startSentinel(opened, { name, count, ...options })),
    );
    await Promise.all(
      ports.map((port) => untilKnown(port, { name, replicas: options.replicas, others: count - 1 })),
    );
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    return { url: `redis+sentinel://${hosts.join(',')}/${name}`, stop: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
};

const startSentinel = async (
  opened: AsyncDisposableStack,
  { master, name, count, downAfterMs = 1_000, source }: SentinelsOptions & { name: string; count: number },
): Promise<number> => {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'backend-jobs-sentinel-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const configFile = join(dataDir, 'sentinel.conf');
  const lines = [
    `monitor ${name} 127.0.0.1 ${master.port} ${Math.floor(count / 2) + 1}`,
    `down-after-milliseconds ${name} ${downAfterMs}`,
    `failover-timeout ${name} 5000`,
  ];
  await writeFile(configFile, lines.map((line) => `sentinel ${line}\n`).join(''));
  const { launch } = source ?? (await findRedisServer());
  const { child } = launch({ port, dataDir, settings: ['--sentinel'], configFile });
  opened.defer(() => stopProcess(child, { graceMs: 2_000 }));
  return port;
};

const untilKnown = async (
  port: number,
  { name, replicas, others }: { name: string; replicas: number; others: number },
): Promise<void> => {
  const sentinel = new Redis(port, { retryStrategy: () => 50 });
  sentinel.on('error', () => {}); // it has not started yet
  const deadlineMs = performance.now() + readyWithinMs;
  try {
    for (;;) {
      const facts = (await sentinel.call('SENTINEL', 'MASTER', name)) as string[];
      const read = (fact: string) => Number(facts[facts.indexOf(fact) + 1]);
      if (read('num-slaves') >= replicas && read('num-other-sentinels') >= others) return;
      if (performance.now() > deadlineMs) throw new Error('The sentinels did not find each other in time');
      await sleep(50);
    }
  } finally {
    sentinel.disconnect();
  }
};
