import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import { isOutage } from '../src/index.ts';

test.for([
  new Error('Connection is closed.'),
  new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  new Error('Command timed out'),
  new Error('All sentinels are unreachable. Retrying from scratch after 10ms.'),
  new Error('CLUSTERDOWN No node of the cluster has slot 7'),
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  Object.assign(new Error('Command aborted due to connection close'), { name: 'AbortError' }),
  new ReplyError("OOM command not allowed when used memory > 'maxmemory'."),
  new ReplyError('LOADING Redis is loading the dataset in memory'),
  new ReplyError("READONLY You can't write against a read only replica."),
  new ReplyError('MISCONF Redis is configured to save RDB snapshots'),
])('$name: $message is an outage', (error) => expect(isOutage(error)).toBe(true));

test.for([
  new Error('Missing key for job'),
  new TypeError('undefined is not a function'),
  new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value'),
  new ReplyError('ERR wrong number of arguments'),
  'a string',
])('%s is a bug', (error) => expect(isOutage(error)).toBe(false));
