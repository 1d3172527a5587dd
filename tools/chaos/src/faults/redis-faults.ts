import type { RedisPart } from '../parts.ts';
import type { Fault } from './fault.ts';

export const redisFaults: Record<string, Fault<RedisPart>> = {
  killed: {
    lastsMs: [0, 2_000],
    appearance: 'gone',
    mayCopy: true,
    recoversFrom: 'end',
    // The wires refuse connections, as the killed Redis would. Else they would accept and drop them.
    start: async ({ server, wires }) => {
      await Promise.all([server.kill(), ...wires.map((wire) => wire.stop())]);
    },
    repair: async ({ server, wires }) => {
      await server.restart();
      await Promise.all(wires.map((wire) => wire.restart()));
    },
  },
  frozen: {
    lastsMs: [500, 10_000],
    appearance: 'silent',
    mayCopy: true,
    recoversFrom: 'end',
    start: ({ server }) => server.freeze(),
    repair: ({ server }) => server.thaw(),
  },
};
