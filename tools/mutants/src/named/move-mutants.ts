import type { NamedMutant } from '../named-mutant.ts';

const moves = ['tests/postgres-move-refusals.test.ts'];

/** What must hold while the users move from Redis to PostgreSQL. */
export const moveMutants: readonly NamedMutant[] = [
  {
    name: 'sign-up-that-changes-behind-its-copy',
    file: 'packages/sign-ups/src/redis/move-guard.lua',
    from: 'if move and',
    to: 'if false and',
    tests: ['packages/sign-ups/test/move.test.ts', 'apps/api/test/users-move.test.ts'],
  },
  {
    name: 'accepted-by-the-redis-that-was-left',
    file: 'packages/sign-ups/src/redis/move-state.ts',
    from: "(await readMoveOnce())?.state === 'moved'",
    to: 'false',
    tests: ['apps/api/test/users-move.test.ts'],
  },
  {
    name: 'process-that-works-where-the-users-are-not',
    file: 'packages/sign-ups/src/redis/move-state.ts',
    from: 'if (fault) throw',
    to: 'if (false) throw',
    tests: moves,
  },
  {
    name: 'overtaken-move-that-still-writes',
    file: 'apps/move-users/src/reconcile.ts',
    from: 'if (!(await isMine(query))) return false;',
    to: '',
    tests: moves,
  },
  {
    name: 'former-owner-of-an-address-in-the-copy',
    file: 'apps/move-users/src/reconcile.ts',
    from: 'u.email_key = r.email_key',
    to: 'false',
    tests: moves,
  },
  {
    name: 'database-of-others-moved-into',
    file: 'apps/move-users/src/turn.ts',
    from: 'if (await hasRows(database))',
    to: 'if (false)',
    tests: moves,
  },
  {
    name: 'people-left-behind-in-redis',
    file: 'apps/move-users/src/names.ts',
    from: '(?:sign-up|email|',
    to: '(?:email|',
    tests: ['tests/postgres-move.test.ts'],
  },
];
