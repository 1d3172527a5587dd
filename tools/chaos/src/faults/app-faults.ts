import type { Wire } from '@backend-jobs/local-services';
import type { App } from '../app.ts';
import type { ApiPart, WorkerPart } from '../parts.ts';
import type { Fault } from './fault.ts';

const ended = (signal: NodeJS.Signals): Fault<{ app: App }> => ({
  lastsMs: [0, 1_500],
  appearance: 'gone',
  mayCopy: true,
  healsFrom: 'start',
  start: ({ app }) => app.end(signal),
  mend: ({ app }) => app.start(),
});

/** Nothing goes over the line, and nobody is told: new connections, too, are taken and not answered. */
const halfOpen = <Part>(wireOf: (part: Part) => Wire): Fault<Part> => ({
  lastsMs: [500, 12_000],
  appearance: 'silent',
  mayCopy: true,
  healsFrom: 'mend',
  start: (part) => wireOf(part).halt(),
  mend: (part) => wireOf(part).restore(),
});

/** An API sends no mail, so none of them makes a second copy. */
export const apiFaults: Record<string, Fault<ApiPart>> = {
  killed: { ...ended('SIGKILL'), mayCopy: false },
  restarted: { ...ended('SIGTERM'), mayCopy: false },
  'line to Redis half-open': { ...halfOpen(({ redisWire }: ApiPart) => redisWire), mayCopy: false },
};

export const workerFaults: Record<string, Fault<WorkerPart>> = {
  killed: ended('SIGKILL'),
  restarted: ended('SIGTERM'),
  'line to Redis half-open': halfOpen(({ redisWire }) => redisWire),
  'line to mail half-open': {
    ...halfOpen(({ mailWire }: WorkerPart) => mailWire),
    // As when the way to the server is back and answers for connections that it no longer knows. A worker waits for a
    // silent server as long as RFC 5321 asks it to, which is longer than a run.
    mend: async ({ mailWire }) => {
      mailWire.restore();
      await mailWire.restart();
    },
  },
};
