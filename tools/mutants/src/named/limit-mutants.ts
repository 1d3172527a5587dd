import type { NamedMutant } from '../named-mutant.ts';

const proxies = ['apps/api/test/trusted-proxy.test.ts'];
const idempotencyKeys = ['apps/api/test/idempotency-keys.test.ts'];
const countCallers = ['apps/api/test/count-callers.test.ts'];
const admission = ['apps/api/test/admission.test.ts'];

/** How often one caller may ask. */
export const limitMutants: readonly NamedMutant[] = [
  {
    name: 'limits-pass-while-redis-is-away',
    file: 'apps/api/src/plugins/rate-limits.ts',
    from: 'await countCaller({ caller, durationMs, isCounted });',
    to: 'await countCaller({ caller, durationMs, isCounted }).catch(() => ({ count: 0, keptMs: 0 }));',
    tests: ['apps/api/test/limits-without-redis.test.ts'],
  },
  {
    name: 'one-more-than-the-limit',
    file: 'apps/api/src/plugins/rate-limits.ts',
    from: 'isExceeded: count > max',
    to: 'isExceeded: count > max + 1',
    tests: ['apps/api/test/rate-limit.test.ts'],
  },
  {
    name: 'looking-at-a-count-counts',
    file: 'apps/api/src/plugins/count-callers.lua',
    from: '(made[key] or 0) + ARGV[2 * index - 1]',
    to: '(made[key] or 0) + 1',
    tests: countCallers,
  },
  {
    name: 'requests-of-one-moment-count-once',
    file: 'apps/api/src/plugins/count-callers.lua',
    from: '(made[key] or 0) + ARGV[2 * index - 1]',
    to: 'ARGV[2 * index - 1] + 0',
    tests: [...countCallers, ...admission],
  },
  {
    name: 'requests-of-one-moment-are-all-the-first',
    file: 'packages/redis/src/ask-together.ts',
    from: 'answers[index]',
    to: 'answers[0]',
    tests: ['packages/redis/test/ask-together.test.ts', ...countCallers, ...admission],
  },
  {
    name: 'limit-that-never-ends',
    file: 'apps/api/src/plugins/count-callers.lua',
    from: 'if left_ms < 0 and count > 0 then',
    to: 'if false then',
    tests: countCallers,
  },
  {
    name: 'nobody-waits-for-the-limit',
    file: 'apps/api/src/intake/queue-intake.ts',
    from: '      await withinLimit;\n',
    to: '',
    tests: admission,
  },
  {
    name: 'nobody-waits-for-the-limit-with-postgresql',
    file: 'apps/api/src/intake/store-intake.ts',
    from: '      await withinLimit;\n',
    to: '',
    tests: ['tests/postgres-sign-up.test.ts'],
  },
  {
    name: 'faults-told-before-the-limit',
    file: 'apps/api/src/routes/post-user.ts',
    from: '    await withinLimit;\n',
    to: '',
    tests: admission,
  },
  {
    name: 'each-ipv6-address-counts-alone',
    file: 'apps/api/src/network-of.ts',
    from: '`${ip}/64`',
    to: '`${ip}/128`',
    tests: ['apps/api/test/dashboard-access.test.ts', ...idempotencyKeys],
  },
  {
    name: 'ipv4-clients-of-an-ipv6-server-are-one',
    file: 'apps/api/src/network-of.ts',
    from: 'if (address.isMapped4())',
    to: 'if (false)',
    tests: ['apps/api/test/network-of.unit.test.ts'],
  },
  {
    name: 'addresses-stored-in-clear',
    file: 'apps/api/src/plugins/rate-limits.ts',
    from: 'hash(networkOf(ip))',
    to: 'networkOf(ip)',
    tests: proxies,
  },
  {
    name: 'all-api-keys-count-as-one',
    file: 'apps/api/src/plugins/rate-limits.ts',
    from: '`key-${caller}`',
    to: "'key'",
    tests: ['apps/api/test/api-key-edges.test.ts'],
  },
  {
    name: 'everybody-counts-as-one',
    file: 'apps/api/src/plugins/rate-limits.ts',
    from: 'hash(networkOf(ip))',
    to: "hash('everybody')",
    tests: ['apps/api/test/dashboard-access.test.ts'],
  },
];
