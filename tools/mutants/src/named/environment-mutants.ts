import type { NamedMutant } from '../named-mutant.ts';

const errorFacts = 'packages/runtime/src/error-facts.ts';
const config = ['apps/api/test/config.unit.test.ts'];
const tls = ['packages/redis/test/tls.test.ts'];
const facts = ['packages/runtime/test/error-facts.unit.test.ts'];

export const environmentMutants: readonly NamedMutant[] = [
  {
    name: 'secret-shown-in-a-fault',
    file: 'packages/runtime/src/variable.ts',
    from: '`${name} ${error.message}`',
    to: '`${name}=${text} ${error.message}`',
    tests: ['packages/runtime/test/environment.unit.test.ts'],
  },
  {
    name: 'part-of-a-password-in-a-fault',
    file: 'packages/runtime/src/smtp-url.ts',
    from: '/^[\\w.-]{1,30}$/',
    to: '/[\\w.-]{1,30}/',
    tests: ['packages/runtime/test/decoder-edges.unit.test.ts'],
  },
  {
    name: 'limit-read-from-its-beginning',
    file: 'packages/runtime/src/decoders.ts',
    from: '([1-9][0-9]*[a-z]+)$/',
    to: '([1-9][0-9]*[a-z]+)/',
    tests: ['packages/runtime/test/decoder-edges.unit.test.ts'],
  },
  {
    name: 'production-without-a-password',
    file: 'packages/runtime/src/variable.ts',
    from: "(required === 'in production' && isProduction)",
    to: 'false',
    tests: config,
  },
  {
    name: 'redis-in-clear-by-rediss',
    file: 'packages/redis/src/redis-url.ts',
    from: "scheme === 'rediss' && { tls: {} }",
    to: 'false',
    tests: ['packages/redis/test/redis-url.unit.test.ts', ...tls],
  },
  {
    name: 'any-certificate-by-rediss',
    file: 'packages/redis/src/connection.ts',
    from: '...address,',
    to: '...address, ...(address.tls && { tls: { rejectUnauthorized: false } }),',
    tests: tls,
  },
  {
    name: 'parameters-of-a-redis-url-taken-for-options',
    file: 'packages/redis/src/redis-url.ts',
    from: 'if (parameters.size > 0)',
    to: 'if (parameters.size > 9)',
    tests: ['packages/redis/test/redis-url.unit.test.ts'],
  },
  {
    name: 'redis-that-evicts-in-production',
    file: 'packages/redis/src/durability.ts',
    from: "if (policy !== 'noeviction')",
    to: "if (policy === '')",
    tests: ['packages/redis/test/durability.test.ts'],
  },
  {
    name: 'guessable-password-in-production',
    file: 'packages/runtime/src/secret.ts',
    from: 'unguessableLength(text) < (minLength * 3) / 8',
    to: 'unguessableLength(text) < 0',
    tests: ['packages/runtime/test/secret.unit.test.ts', ...config],
  },
  {
    name: 'viewer-with-the-password-of-the-admin',
    file: 'apps/api/src/admin/access/login-variables.ts',
    from: 'if (new Set(list.map((login) => login.password)).size < list.length)',
    to: 'if (list.length < 0)',
    tests: config,
  },
  {
    name: 'whole-error-in-the-log',
    file: errorFacts,
    from: 'type: error.name,',
    to: '...error, type: error.name,',
    tests: facts,
  },
  {
    name: 'quotation-in-the-log',
    file: errorFacts,
    from: "quotation ? message.replace(quotation, '') : message",
    to: 'quotation ? message : message',
    tests: facts,
  },
  {
    name: 'another-database-than-that-of-the-url',
    file: 'packages/redis/src/connection.ts',
    from: "if (error.command?.name === 'select')",
    to: "if (error.command?.name === '')",
    tests: ['packages/redis/test/connection.test.ts'],
  },
  {
    name: 'dashboard-as-impatient-as-a-request',
    file: 'packages/redis/src/connection.ts',
    from: 'silence.dashboardMs',
    to: 'silence.producerMs',
    tests: ['packages/redis/test/connection.test.ts'],
  },
];
