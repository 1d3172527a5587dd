import { describe, expect, test } from 'vitest';
import { parseRedisUrl, type RedisAddress } from '../src/index.ts';

describe('a Redis URL', () => {
  const good: Record<string, Partial<RedisAddress>> = {
    'redis://localhost': {},
    'redis://localhost/': {},
    'redis://localhost:6380/2': { port: 6380, db: 2 },
    'redis://localhost/99': { db: 99 },
    'redis://[::1]:6380': { host: '::1', port: 6380 },
    'redis://us:p%2Fss%25%23%3F@localhost': { username: 'us', password: 'p/ss%#?' },
    'redis://:secret@localhost': { password: 'secret' },
    'rediss://localhost': { tls: {} },
  };
  test.for(Object.entries(good))('may be %s', ([text, parts]) => {
    expect(parseRedisUrl(text)).toEqual({ host: 'localhost', port: 6379, db: 0, ...parts });
  });

  const mustLook = /^must look like redis:\/\/user:password@host:port\/database /;
  const bad: Record<string, RegExp> = {
    localhost: mustLook,
    'http://localhost': mustLook,
    'redis://': mustLook,
    'redis:///0': mustLook,
    'redis://:6379': mustLook,
    'redis://localhost:0': mustLook,
    'redis://localhost:99999': mustLook,
    'redis://us:a/b@localhost': mustLook,
    'redis://us:1/2@localhost': mustLook,
    'redis://us:a#b@localhost': mustLook,
    'redis://us:a?b@localhost': mustLook,
    'redis://us:50%@localhost': mustLook,
    'redis://localhost/x': /the database is a number$/,
    'redis://localhost/-1': /the database is a number$/,
    'redis://localhost/1/2': /the database is a number$/,
    'redis://localhost/9999999999': /the database is a number$/,
    'redis://localhost?db=2': /^must have no parameters$/,
    'redis://localhost?keyPrefix=x': /^must have no parameters$/,
  };
  test.for(Object.entries(bad))('may not be %s', ([text, message]) => {
    expect(() => parseRedisUrl(text)).toThrow(message);
  });
});
