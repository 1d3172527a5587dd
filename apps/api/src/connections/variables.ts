import { combineVariables, integer, timeout, variable } from '@backend-jobs/runtime';
import type { ConnectionLimits } from './connection-limits.ts';

const parts = {
  responseTimeoutMs: variable({
    name: 'RESPONSE_TIMEOUT',
    decode: timeout,
    default: '30s',
    meaning: 'how long a client may take to receive a response',
  }),
  maxConnections: variable({
    name: 'MAX_CONNECTIONS',
    decode: integer({ min: 1, max: 1_000_000 }),
    default: '10000',
    meaning: 'connections at one time; fewer where the system allows the process fewer open files',
  }),
  maxConnectionsPerAddress: variable({
    name: 'MAX_CONNECTIONS_PER_ADDRESS',
    decode: integer({ min: 1, max: 1_000_000 }),
    default: '1000',
    meaning: 'connections at one time from one address; those of a proxy in `TRUST_PROXY` do not count',
  }),
  maxRequestsPerConnection: variable({
    name: 'MAX_REQUESTS_PER_CONNECTION',
    decode: integer({ min: 1, max: 1_000_000_000 }),
    default: '1000',
    meaning: 'after so many requests the API closes a connection, and the client opens another one',
  }),
  maxUnsentMb: variable({
    name: 'MAX_UNSENT_MB',
    decode: integer({ min: 1, max: 10_000 }),
    default: '32',
    meaning:
      'memory for all responses that clients have yet to receive; above it, the oldest ones are cut off',
  }),
};

/** What bounds the connections of clients, and what the API holds for them. */
export const connectionLimits = combineVariables(
  parts,
  ({ maxUnsentMb, ...limits }): ConnectionLimits => ({
    ...limits,
    maxUnsentBytes: maxUnsentMb * 1024 * 1024,
  }),
);
