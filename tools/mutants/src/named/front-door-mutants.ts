import type { NamedMutant } from '../named-mutant.ts';

const options = 'apps/api/src/server-options.ts';
const proxies = ['apps/api/test/trusted-proxy.test.ts'];
const config = ['apps/api/test/config.unit.test.ts'];
const idempotencyKeys = ['apps/api/test/idempotency-keys.test.ts'];

/** Whose request it is, and what it may do. */
export const frontDoorMutants: readonly NamedMutant[] = [
  {
    name: 'everybody-is-a-proxy',
    file: options,
    from: 'trustProxy: trustProxy ?? false',
    to: 'trustProxy: trustProxy !== undefined',
    tests: proxies,
  },
  {
    name: 'first-proxy-alone-is-checked',
    file: options,
    from: 'trustProxy: trustProxy ?? false',
    to: 'trustProxy: trustProxy ? (_: string, hop: number) => hop < 9 : false',
    tests: proxies,
  },
  {
    name: 'whole-internet-may-be-trusted',
    file: 'apps/api/src/trusted-proxies.ts',
    from: "if (trustsBoth('0.0.0.1', '255.255.255.254') || trustsBoth('::2', 'ffff::1'))",
    to: "if (trustsBoth('0.0.0.1', '255.255.255.254') && trustsBoth('::2', 'ffff::1'))",
    tests: config,
  },
  {
    name: 'api-keys-do-not-close-the-door',
    file: 'apps/api/src/plugins/api-keys.ts',
    from: "'isOpen', apiKeys.size === 0",
    to: "'isOpen', apiKeys.size < 9",
    tests: ['apps/api/test/api-keys.test.ts'],
  },
  {
    name: 'idempotency-keys-shared-by-callers',
    file: 'apps/api/src/intake/queue-intake.ts',
    from: '`${scope} ${key}`',
    to: 'key',
    tests: idempotencyKeys,
  },
  {
    name: 'another-body-under-the-same-key',
    file: 'apps/api/src/idempotency/idempotency-keys.ts',
    from: 'isSameBody: earlier.bodyHash === bodyHash',
    to: 'isSameBody: true',
    tests: idempotencyKeys,
  },
  {
    name: 'another-port-is-another-client',
    file: 'apps/api/src/plugins/forwarded-for.ts',
    from: 'return isIP(address) ? address : undefined',
    to: 'return isIP(address) ? text : undefined',
    tests: ['apps/api/test/forwarded-for.test.ts'],
  },
  {
    name: 'address-before-nonsense-believed',
    file: 'apps/api/src/plugins/forwarded-for.ts',
    from: 'addresses.slice(addresses.lastIndexOf(undefined) + 1)',
    to: 'addresses.filter((address) => address !== undefined)',
    tests: ['apps/api/test/forwarded-for.test.ts'],
  },
  {
    name: 'all-clients-of-an-open-api-are-one',
    file: 'apps/api/src/plugins/scope-of.ts',
    from: 'caller || networkOf(ip)',
    to: 'caller',
    tests: idempotencyKeys,
  },
  {
    name: 'short-api-key-looked-up',
    file: 'apps/api/src/plugins/api-keys.ts',
    from: 'token.length >= shortestKey',
    to: 'token.length > 0',
    tests: ['apps/api/test/api-keys.test.ts'],
  },
  {
    name: 'first-guess-as-an-api-key',
    file: 'apps/api/src/api-keys-list.ts',
    from: 'firstGuesses.some((guess) => apiKeys.has(sha256(guess)))',
    to: 'firstGuesses.length === 0',
    tests: config,
  },
  {
    name: 'person-shown-to-whoever-has-the-id',
    file: 'apps/api/src/routes/get-user.ts',
    from: 'isOpen ? SignUpProgress : SignUpStatus',
    to: 'SignUpStatus',
    tests: ['apps/api/test/get-user.test.ts'],
  },
  {
    name: 'hash-of-a-deleted-person-stays',
    file: 'apps/api/src/intake/queue-intake.ts',
    from: 'await idempotencyKeys.remove(id);',
    to: '',
    tests: idempotencyKeys,
  },
  {
    name: 'accepted-for-nobody',
    file: 'apps/api/src/intake/queue-intake.ts',
    from: 'if (!isNew && (await signUpStore.find(id))',
    to: 'if (isNew && (await signUpStore.find(id))',
    tests: idempotencyKeys,
  },
  {
    name: 'key-taken-from-its-new-owner',
    file: 'apps/api/src/idempotency/update-operation.lua',
    from: 'before.id ~= id',
    to: 'false',
    tests: idempotencyKeys,
  },
];
