import { setTimeout as sleep } from 'node:timers/promises';
import { findFaketime, otherClock, type Wire } from '@backend-jobs/local-services';
import type { App } from '../app.ts';
import type { ApiPart, WorkerPart } from '../parts.ts';
import type { Fault } from './fault.ts';

const ended = (signal: NodeJS.Signals): Fault<{ app: App }> => ({
  lastsMs: [0, 1_500],
  appearance: 'gone',
  mayCopy: true,
  recoversFrom: 'start',
  start: ({ app }) => app.end(signal),
  repair: ({ app }) => app.start(),
});

/** Nothing passes the wire any more, and no side learns of it. New connections are accepted, and get no reply. */
const halfOpen = <Part>(wireOf: (part: Part) => Wire | undefined): Fault<Part> => ({
  lastsMs: [500, 12_000],
  appearance: 'silent',
  mayCopy: true,
  recoversFrom: 'end',
  start: (part) => wireOf(part)?.halt(),
  repair: (part) => wireOf(part)?.restore(),
});

/** Of an API or a worker, where there is a PostgreSQL. */
export const databaseHalfOpen: Fault<Pick<ApiPart, 'databaseWire'>> = halfOpen(
  ({ databaseWire }) => databaseWire,
);

const clockAhead: Fault<WorkerPart> = {
  lastsMs: [2_000, 10_000],
  appearance: 'gone',
  mayCopy: true,
  recoversFrom: 'end',
  start: async ({ app }) => {
    await app.end('SIGTERM');
    const faketime = await findFaketime();
    // Where there is none, it is an ordinary restart.
    await app.start(faketime === undefined ? {} : otherClock(faketime, '+1h'));
  },
  repair: async ({ app }) => {
    await app.end('SIGKILL');
    await app.start();
  },
};

/** It gets a tenth of a processor, in slices, so that its timers and the renewal of its locks are late. */
const starved: Fault<WorkerPart> = {
  lastsMs: [3_000, 15_000],
  appearance: 'silent',
  mayCopy: true,
  recoversFrom: 'end',
  start: async ({ app }, lastsMs) => {
    const endMs = Date.now() + lastsMs;
    const slice = async () => {
      while (Date.now() < endMs) {
        await app.signal('SIGSTOP');
        await sleep(900);
        await app.signal('SIGCONT');
        await sleep(100);
      }
    };
    void slice();
  },
  repair: ({ app }) => app.signal('SIGCONT'),
};

/** None of these causes a second copy, since an API sends no mail. */
export const apiFaults: Record<string, Fault<ApiPart>> = {
  killed: { ...ended('SIGKILL'), mayCopy: false },
  restarted: { ...ended('SIGTERM'), mayCopy: false },
  'connection to Redis half-open': { ...halfOpen(({ redisWire }: ApiPart) => redisWire), mayCopy: false },
};

export const workerFaults: Record<string, Fault<WorkerPart>> = {
  killed: ended('SIGKILL'),
  restarted: ended('SIGTERM'),
  starved,
  'started with a clock an hour ahead': clockAhead,
  'connection to Redis half-open': halfOpen(({ redisWire }) => redisWire),
  'connection to mail half-open': {
    ...halfOpen(({ mailWire }: WorkerPart) => mailWire),
    // As when the way to the server is back and resets connections that it no longer knows. A worker waits for a silent
    // server as long as RFC 5321 asks it to, which is longer than a run.
    repair: async ({ mailWire }) => {
      mailWire.restore();
      await mailWire.restart();
    },
  },
};
