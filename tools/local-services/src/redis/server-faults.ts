import type { RedisServer } from './redis-server.ts';

/** How a server can be gone, for tests that try each way. `fault` goes on after "when the master". */
export const serverFaults = [
  {
    fault: 'was killed',
    begin: (server: RedisServer) => server.kill(),
    end: (server: RedisServer) => server.restart(),
  },
  {
    fault: 'is frozen',
    begin: (server: RedisServer) => server.freeze(),
    end: (server: RedisServer) => server.thaw(),
  },
];
