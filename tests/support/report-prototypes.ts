import { writeSync } from 'node:fs';

/**
 * Loaded into an app ahead of its main (`node --import`). When the app ends, it prints which properties the built-in
 * prototypes have gained since then.
 */
const prototypes = [Object, Array, Function, String, Number, Boolean, Error, Promise, Map, Set].map(
  ({ name, prototype }) => ({ name, prototype, known: new Set(Reflect.ownKeys(prototype)) }),
);

process.on('exit', () => {
  const gained = prototypes.flatMap(({ name, prototype, known }) =>
    Reflect.ownKeys(prototype)
      .filter((key) => !known.has(key))
      .map((key) => `${name}.prototype.${String(key)}`),
  );
  writeSync(1, `prototypes have gained: ${gained.join(' ') || 'nothing'}\n`);
});
