import { combineVariables, EnvironmentError, integer, listOf, oneOf, variable } from '@backend-jobs/runtime';
import { type DatabaseAddress, isPrivate, parseDatabaseUrl } from './database-url.ts';

const url = variable({
  name: 'DATABASE_URL',
  decode: (text, context) => ({ address: parseDatabaseUrl(text, context), ...context }),
  meaning:
    '`postgres://user:password@host:port/database?sslmode=verify-full`: keeps the sign-ups in PostgreSQL; without it they are in Redis ([postgres.md](postgres.md))',
});

const allow = variable({
  name: 'DATABASE_ALLOW',
  decode: listOf(oneOf('plaintext', 'async-commit')),
  default: '',
  meaning:
    '`plaintext`, `async-commit`: what production otherwise refuses of PostgreSQL ([postgres.md](postgres.md))',
});

const prepare = variable({
  name: 'DATABASE_PREPARE',
  decode: oneOf('on', 'off'),
  default: 'on',
  meaning:
    '`off` where a pooler like pgbouncer before 1.21 is in front of PostgreSQL, and can not keep prepared statements ([postgres.md](postgres.md))',
});

/** What a process that keeps sign-ups reads from its environment about PostgreSQL. */
export const databaseVariables = {
  database: combineVariables({ url, allow, prepare }, (values): DatabaseAddress | undefined => {
    const { address, isProduction } = values.url ?? {};
    if (address && isProduction && !isPrivate(address) && !values.allow.includes('plaintext'))
      throw new EnvironmentError([
        'DATABASE_URL must have ?sslmode=verify-full, or DATABASE_ALLOW=plaintext where nobody can listen',
      ]);
    return address && { ...address, prepares: values.prepare === 'on' };
  }),
  databasePool: variable({
    name: 'DATABASE_POOL',
    decode: integer({ min: 1, max: 100 }),
    default: '4',
    meaning: 'connections of one process to PostgreSQL; calls are sent together, so that few are enough',
  }),
  databaseAllow: allow,
};
