import { describe, expect, test } from 'vitest';
import { parseRedisUrl, type RedisAddress, serversOf } from '../src/index.ts';

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

  const sentinel = { db: 0, name: 'main', enableTLSForSentinelMode: false };
  const at = (defaultPort: number) => [
    { host: 'a', port: 1 },
    { host: '::1', port: 2 },
    { host: 'c', port: defaultPort },
  ];
  const several: Record<string, object> = {
    'redis+sentinel://a:1,[::1]:2,c/main': { ...sentinel, sentinels: at(26_379) },
    'redis+sentinel://a:1,[::1]:2,c/main/3': { ...sentinel, sentinels: at(26_379), db: 3 },
    'redis+sentinel://us:p%2Fw@a:1,[::1]:2,c/main?sentinel-user=s&sentinel-password=p%2Fw': {
      ...sentinel,
      sentinels: at(26_379),
      username: 'us',
      password: 'p/w',
      sentinelUsername: 's',
      sentinelPassword: 'p/w',
    },
    'rediss+sentinel://a:1,[::1]:2,c/main': {
      ...sentinel,
      sentinels: at(26_379),
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    },
    'redis+cluster://a:1,[::1]:2,c': { nodes: at(6379) },
    'rediss+cluster://us:pw@a:1,[::1]:2,c': { nodes: at(6379), username: 'us', password: 'pw', tls: {} },
  };
  test.for(Object.entries(several))('may name several hosts: %s', ([text, parts]) => {
    expect(parseRedisUrl(text)).toEqual(parts);
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
    'redis://a,b': mustLook,
    'redis+sentinel://a': /the name is that of the master$/,
    'redis+sentinel://a/main/0/x': /the name is that of the master$/,
    'redis+sentinel://a/main/x': /the database is a number$/,
    'redis+sentinel://a,/main':
      /^must look like redis\+sentinel:\/\/user:password@host:port,host:port\/name\/database /,
    'redis+sentinel://a/main?role=slave': /^must have no parameters but sentinel-user and sentinel-password$/,
    'redis+cluster://a,b:99999': /^must look like redis\+cluster:\/\/user:password@host:port,host:port /,
    'redis+cluster://a,b/2': /a cluster has one database$/,
    'redis+cluster://a?x=1': /^must have no parameters$/,
    'redis+other://a': mustLook,
  };
  test.for(Object.entries(bad))('may not be %s', ([text, message]) => {
    expect(() => parseRedisUrl(text)).toThrow(message);
  });
});

test.for([
  ['redis://a:1/2', ['a:1']],
  ['redis+sentinel://a:1,b:2/main', ['a:1', 'b:2']],
  ['redis+cluster://a:1,b:2', ['a:1', 'b:2']],
] as const)('the servers of %s are those that it names', ([url, servers]) => {
  expect(serversOf(parseRedisUrl(url)).map(({ host, port }) => `${host}:${port}`)).toEqual(servers);
});
