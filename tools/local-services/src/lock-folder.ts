import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

/** Thrown when another process uses the folder. The message names the process. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError';
}

interface Holder {
  owner: ProcessIdentity;
  /** The server that the owner runs on the folder. It may end a moment after the owner. */
  server?: ProcessIdentity | undefined;
  url?: string;
}

export interface FolderLock {
  /** From now on the folder also stays locked while this server runs. */
  addServer(pid: number | undefined, url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the only one that runs a server on the folder, until it releases the lock or dies. When another
 * process has died and its server still runs, this waits for up to `patienceMs` for the server to end.
 *
 * @throws {FolderInUseError}
 */
export const lockFolder = async (folder: string, patienceMs = 10_000): Promise<FolderLock> => {
  const path = join(folder, 'lock.json');
  const owner = (await identifyProcess(process.pid)) as ProcessIdentity;
  const deadline = Date.now() + patienceMs;
  while (!(await claim(path, { owner }))) {
    const { text, holder } = await readHolder(path);
    if (holder && (await isAlive(holder.owner))) throw inUse(folder, holder.owner, holder.url);
    if (holder?.server && (await isAlive(holder.server))) {
      if (Date.now() > deadline) throw inUse(folder, holder.server, holder.url);
      await sleep(50);
    } else if (text !== undefined) {
      await removeStale(path, text, owner);
    }
  }
  return {
    addServer: async (pid, url) => {
      const server = pid === undefined ? undefined : await identifyProcess(pid);
      await rename(await writeBeside(path, { owner, server, url }), path);
    },
    release: () => rm(path, { force: true }),
  };
};

const inUse = (folder: string, { pid }: ProcessIdentity, url = 'starting'): FolderInUseError =>
  new FolderInUseError(
    `${folder} is in use: process ${pid} runs a server on it (${url}). Stop that process first.`,
  );

/** A link appears with its complete content, or not at all. A file that is written can be read half-written. */
const claim = async (path: string, holder: Holder): Promise<boolean> => {
  const written = await writeBeside(path, holder);
  try {
    await link(written, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
};

const writeBeside = async (path: string, holder: Holder): Promise<string> => {
  const written = `${path}.${randomUUID()}`;
  await writeFile(written, JSON.stringify(holder), { mode: 0o600 });
  return written;
};

/** Without `text`, the lock no longer exists. Without `holder`, its content is damaged, for example by a power cut. */
const readHolder = async (path: string): Promise<{ text?: string; holder?: Holder }> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.owner?.pid === 'number' ? { text, holder } : { text };
  } catch {
    return { text };
  }
};

/**
 * Many processes may find the same stale lock. A slow one must not remove the new lock that a fast one has
 * put in its place. So one at a time reads the lock again, and removes it if it is still the stale one. While
 * the stale lock exists, no process can put another one in its place.
 */
const removeStale = async (path: string, staleText: string, owner: ProcessIdentity): Promise<void> => {
  const guard = `${path}.removal`;
  if (await claim(guard, { owner })) {
    const { text } = await readHolder(path);
    if (text === staleText) await rm(path, { force: true });
    await rm(guard, { force: true });
    return;
  }
  const { text, holder } = await readHolder(guard);
  if (text !== undefined && !(holder && (await isAlive(holder.owner)))) await rm(guard, { force: true });
  await sleep(5);
};
