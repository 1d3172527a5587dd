import type { PostgresPart } from '../postgres-part.ts';
import type { Fault } from './fault.ts';

type Kind = Pick<Fault<PostgresPart>, 'appearance' | 'start'> & Partial<Fault<PostgresPart>>;

const fault = (kind: Kind): Fault<PostgresPart> => ({
  lastsMs: [500, 8_000],
  mayCopy: true,
  recoversFrom: 'end',
  repair: () => {},
  ...kind,
});

/** It happens in a moment, and nothing has to be repaired. */
const moment = [0, 0] as const;

export const postgresFaults: Record<string, Fault<PostgresPart>> = {
  killed: fault({
    lastsMs: [0, 2_000],
    appearance: 'gone',
    // The wires refuse connections, as the killed server would. Else they would accept and drop them.
    start: async ({ server, wires }) => {
      await Promise.all([server.kill(), ...wires.map((wire) => wire.stop())]);
    },
    repair: async ({ server, wires }) => {
      await server.restart();
      await Promise.all(wires.map((wire) => wire.restart()));
    },
  }),
  restarted: fault({ lastsMs: moment, appearance: 'gone', start: ({ server }) => server.restart() }),
  frozen: fault({
    lastsMs: [500, 10_000],
    appearance: 'silent',
    start: ({ server }) => server.freeze(),
    repair: ({ server }) => server.thaw(),
  }),
  'read-only': fault({
    appearance: 'refusing',
    start: (part) => setReadOnly(part, 'on'),
    repair: (part) => setReadOnly(part, 'off'),
  }),
  'connections ended': fault({
    lastsMs: moment,
    appearance: 'dropping',
    start: (part) => part.endConnections(),
  }),
  'out of connections': fault({
    appearance: 'refusing',
    start: (part) => part.takeConnections(),
    repair: (part) => part.endOthers(),
  }),
  'a table locked': fault({
    appearance: 'silent',
    start: (part) => part.lock('sign_ups'),
    repair: (part) => part.endOthers(),
  }),
  'lines cut': fault({
    lastsMs: [0, 1_000],
    appearance: 'dropping',
    start: async ({ wires }) => {
      await Promise.all(wires.map((wire) => wire.stop()));
    },
    repair: async ({ wires }) => {
      await Promise.all(wires.map((wire) => wire.restart()));
    },
  }),
  // What was asked for is done, and nobody learns of it.
  'replies lost': fault({
    lastsMs: [500, 4_000],
    appearance: 'silent',
    start: ({ wires }) => {
      for (const wire of wires) wire.watch = ({ direction }) => direction === 'request';
    },
    repair: ({ wires }) => {
      for (const wire of wires) wire.watch = () => true;
    },
  }),
};

const setReadOnly = (part: PostgresPart, value: 'on' | 'off'): Promise<void> =>
  part.administer(
    'SET default_transaction_read_only = off',
    `ALTER SYSTEM SET default_transaction_read_only = ${value}`,
    'SELECT pg_reload_conf()',
  );
