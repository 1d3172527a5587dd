import type { NamedMutant } from '../named-mutant.ts';

const create = 'packages/sign-ups/src/redis/create-sign-up.lua';
const remove = 'packages/sign-ups/src/redis/delete-sign-up.lua';
const claim = 'packages/sign-ups/src/redis/claim-welcome-email.lua';
const settle = 'packages/sign-ups/src/redis/settle-welcome-email.lua';
const store = 'packages/sign-ups/src/redis/redis-sign-up-store.ts';
const complete = 'apps/worker/src/complete-parent.lua';
const completions = ['apps/worker/test/complete-parents.test.ts'];
const contracts = ['packages/sign-ups/test/redis-stores.test.ts'];
const deletion = ['packages/sign-ups/test/deletion.test.ts'];
const windows = ['packages/sign-ups/test/limit-windows.test.ts'];

/** The scripts are in Lua, of which Stryker knows nothing. */
export const signUpMutants: readonly NamedMutant[] = [
  {
    name: 'two-users-of-one-email',
    file: create,
    from: "redis.call('EXISTS', email_index) == 1",
    to: 'false',
    tests: contracts,
  },
  {
    name: 'deleted-person-comes-back',
    file: create,
    from: "outcome and outcome ~= 'failed'",
    to: "outcome == 'created' or outcome == 'rejected'",
    tests: contracts,
  },
  {
    name: 'one-more-of-a-mailbox',
    file: create,
    from: '>= tonumber(max)',
    to: '> tonumber(max)',
    tests: contracts,
  },
  {
    name: 'all-mailboxes-of-gmail-are-one',
    file: 'packages/sign-ups/src/mailbox.ts',
    from: "`${local.replaceAll('.', '')}@${provider}`",
    to: 'provider',
    tests: ['packages/sign-ups/test/mailbox.unit.test.ts'],
  },
  {
    name: 'domain-not-limited',
    file: create,
    from: 'is_full(mailbox_count, mailbox_max) or is_full(domain_count, domain_max)',
    to: 'is_full(mailbox_count, mailbox_max)',
    tests: contracts,
  },
  {
    name: 'window-begins-anew-with-each-user',
    file: create,
    from: "redis.call('INCR', count) == 1",
    to: "redis.call('INCR', count) >= 1",
    tests: windows,
  },
  {
    name: 'window-never-ends',
    file: create,
    from: "redis.call('PEXPIRE', count, window_ms)",
    to: 'return',
    tests: contracts,
  },
  {
    name: 'person-stays-beside-the-mark',
    file: remove,
    from: "redis.call('DEL', record)\n",
    to: '',
    tests: deletion,
  },
  {
    name: 'email-of-a-deleted-person-stays-taken',
    file: remove,
    from: "redis.call('GET', email_index) == id",
    to: 'false',
    tests: deletion,
  },
  {
    name: 'mark-forgotten-after-a-day',
    file: store,
    from: 'const markKeptSeconds = 90 * dayInSeconds',
    to: 'const markKeptSeconds = dayInSeconds',
    tests: deletion,
  },
  {
    name: 'address-in-the-name-of-a-key',
    file: 'packages/sign-ups/src/redis/keys.ts',
    from: 'hash(canonicalEmail(email))',
    to: 'canonicalEmail(email)',
    tests: contracts,
  },
  {
    name: 'hash-of-the-address-before',
    file: 'packages/runtime/src/keyed-hash.ts',
    from: 'if (text !== last.text)',
    to: 'if (text.length !== last.text.length)',
    tests: ['packages/runtime/test/keyed-hash.unit.test.ts'],
  },
  {
    name: 'hash-without-its-key',
    file: 'packages/runtime/src/keyed-hash.ts',
    from: 'createHmacSha256(secret)',
    to: "createHmacSha256('')",
    tests: ['packages/runtime/test/keyed-hash.unit.test.ts'],
  },
  {
    name: 'stale-token-settles',
    file: settle,
    from: 'holder ~= token or ',
    to: '',
    tests: contracts,
  },
  {
    name: 'claim-of-a-lost-job',
    file: claim,
    from: "(tonumber(job) < last_job and status == 'sending') or ",
    to: '',
    tests: contracts,
  },
  {
    name: 'one-copy-too-many',
    file: claim,
    from: 'copies - copies_before >= tonumber(max_copies)',
    to: 'copies - copies_before > tonumber(max_copies)',
    tests: contracts,
  },
  {
    name: 'sent-email-sent-again',
    file: claim,
    from: "outcome ~= 'created' or status == 'sent'",
    to: "outcome ~= 'created'",
    tests: contracts,
  },
  {
    name: 'emails-compared-with-case',
    file: 'packages/sign-ups/src/canonical-email.ts',
    from: ".normalize('NFC').toLowerCase()",
    to: ".normalize('NFC')",
    tests: contracts,
  },
  {
    name: 'name-that-hides-something',
    file: 'packages/sign-ups/src/person-name.ts',
    from: '!hidden.test(withoutJoinersInPlace(name))',
    to: 'name.length > 0',
    tests: ['packages/sign-ups/test/person-name.unit.test.ts'],
  },
  {
    name: 'long-name-checked-to-its-end',
    file: 'packages/sign-ups/src/person-name.ts',
    from: 'if (name.length > longestName) return false;',
    to: '',
    tests: ['packages/sign-ups/test/formats.unit.test.ts'],
  },
  {
    name: 'removed-sign-up-without-a-mark',
    file: 'packages/sign-ups/src/redis/remove-sign-up.lua',
    from: "redis.call('HSET', record, 'outcome', 'removed')",
    to: '',
    tests: [...contracts, 'apps/api/test/dashboard-removal.test.ts'],
  },
  {
    name: 'removed-email-sent-all-the-same',
    file: claim,
    from: ' or is_withdrawn then',
    to: ' then',
    tests: contracts,
  },
  {
    name: 'details-kept-in-a-job-that-completed',
    file: complete,
    from: "redis.call('HGET', parent, 'data') == redis.call('HGET', child, 'data')",
    to: 'true',
    tests: completions,
  },
  {
    name: 'paused-sign-up-completed',
    file: complete,
    from: "redis.call('HEXISTS', meta, 'paused') == 0",
    to: 'true',
    tests: completions,
  },
  {
    name: 'sign-up-lost-with-the-lock-of-its-email',
    file: complete,
    from: "redis.call('ZADD', parked, parked_since, id)",
    to: '',
    tests: completions,
  },
];
