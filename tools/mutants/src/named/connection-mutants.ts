import type { NamedMutant } from '../named-mutant.ts';

const server = 'apps/api/src/connections/create-server.ts';
const unread = 'apps/api/src/connections/watch-unread.ts';
const mailbox = 'tools/local-services/src/mail/guard-origin.ts';
const limits = ['tests/connection-limits.test.ts'];
const oneAtATime = ['apps/api/test/one-at-a-time.test.ts'];
const ownHosts = ['tests/own-hosts.test.ts'];

/** Who may connect, and how much a connection may take. */
export const connectionMutants: readonly NamedMutant[] = [
  {
    name: 'body-cut-into-a-thousand-pieces',
    file: 'apps/api/src/connections/intake.ts',
    from: 'bytes.indexOf(endOfHead, smallBytes)',
    to: 'bytes.indexOf(endOfHead)',
    tests: ['tests/hostile-connections.test.ts'],
  },
  {
    name: 'client-stays-after-the-last-answer',
    file: 'apps/api/src/connections/connection.ts',
    from: 'setTimeout(() => this.cutOff(), farewellMs).unref();',
    to: '',
    tests: ['tests/hostile-connections.test.ts'],
  },
  {
    name: 'requests-read-before-their-turn',
    file: 'apps/api/src/connections/connection.ts',
    from: 'if (this.#current) return !this.#current.request.complete;',
    to: 'if (this.#current) return true;',
    tests: oneAtATime,
  },
  {
    name: 'requests-parsed-all-at-once',
    file: 'apps/api/src/connections/intake.ts',
    from: 'bytes.indexOf(endOfHead, smallBytes)',
    to: '-1',
    tests: oneAtATime,
  },
  {
    name: 'client-who-never-reads-is-kept',
    file: unread,
    from: 'nowMs - connection.unreadSinceMs >= responseTimeoutMs',
    to: 'nowMs < 0',
    tests: limits,
  },
  {
    name: 'unread-responses-without-end',
    file: unread,
    from: 'let excess = -maxUnsentBytes',
    to: 'let excess = Number.NEGATIVE_INFINITY',
    tests: limits,
  },
  {
    name: 'connections-of-an-address-without-end',
    file: 'apps/api/src/connections/count-by-address.ts',
    from: 'return count <= max',
    to: 'return count > 0',
    tests: limits,
  },
  {
    name: 'connections-without-end',
    file: server,
    from: 'Math.min(limits.maxConnections, Math.max(1, openFileLimit() - ownFiles))',
    to: 'Math.max(1, openFileLimit() - ownFiles)',
    tests: limits,
  },
  {
    name: 'requests-of-a-connection-without-end',
    file: server,
    from: 'maxRequests: limits.maxRequestsPerConnection',
    to: 'maxRequests: 1_000_000',
    tests: limits,
  },
  {
    name: 'any-host-in-development',
    file: 'apps/api/src/plugins/own-hosts.ts',
    from: 'host !== undefined && !isOwnHost(host)',
    to: "host === ''",
    tests: ownHosts,
  },
  {
    name: 'host-that-begins-like-localhost',
    file: 'packages/runtime/src/own-hosts.ts',
    from: 'names.has(name)',
    to: '[...names].some((own) => name.startsWith(own))',
    tests: ['packages/runtime/test/own-hosts.unit.test.ts'],
  },
  {
    name: 'mailbox-open-to-other-sites',
    file: mailbox,
    from: '=== host ? undefined : 403',
    to: '=== host ? undefined : undefined',
    tests: ownHosts,
  },
  {
    name: 'mailbox-open-by-websocket',
    file: mailbox,
    from: "guard<Socket>('upgrade'",
    to: "guard<Socket>('no such event'",
    tests: ownHosts,
  },
];
