import type { RedisPart } from '../parts.ts';
import type { Fault } from './fault.ts';

export const redisFaults: Record<string, Fault<RedisPart>> = {
  killed: {
    lastsMs: [0, 2_000],
    appearance: 'gone',
    mayCopy: true,
    healsFrom: 'mend',
    // The wires refuse connections as the Redis behind them does, in place of taking and dropping them.
    start: async ({ server, wires }) => {
      await Promise.all([server.kill(), ...wires.map((wire) => wire.stop())]);
    },
    mend: async ({ server, wires }) => {
      await server.restart();
      await Promise.all(wires.map((wire) => wire.restart()));
    },
  },
  frozen: {
    lastsMs: [500, 10_000],
    appearance: 'silent',
    mayCopy: true,
    healsFrom: 'mend',
    start: ({ server }) => server.freeze(),
    mend: ({ server }) => server.thaw(),
  },
};
