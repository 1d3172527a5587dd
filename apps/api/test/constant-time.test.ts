import crypto, { createHash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { admin, adminLogin, login, viewer, viewerLogin } from './support/credentials.ts';
import { test } from './support/test-api.ts';

// A measurement would be true of one machine at one moment. What decides is that the comparisons are those of
// `timingSafeEqual`, and that there are as many of them whatever was right.
const compare = vi.spyOn(crypto, 'timingSafeEqual');
beforeAll(() => syncBuiltinESMExports());
afterAll(() => {
  compare.mockRestore();
  syncBuiltinESMExports();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const inHex = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('hex');

describe('a login', () => {
  test.for([
    ['both right, of the admin', admin.user, admin.password],
    ['both right, of the viewer', viewer.user, viewer.password],
    ['the right user, a wrong password', admin.user, 'wrong'],
    ['a wrong user, the right password', 'somebody', admin.password],
    ['both wrong', 'somebody', 'wrong'],
    ['the beginning of the right ones', admin.user.slice(0, 3), admin.password.slice(0, 3)],
    ['both empty', '', ''],
  ] as const)('is compared with all logins in constant time: %s', async ([, user, password], { openApi }) => {
    const api = await openApi({ logins: [adminLogin, viewerLogin] });
    compare.mockClear();
    await api.app.inject({ url: '/admin/queues', headers: login(user, password) });
    const compared = compare.mock.calls.map(([given, expected]) => [inHex(given), inHex(expected)]);
    expect(compared).toEqual([
      [sha256(user), sha256(admin.user)],
      [sha256(password), sha256(admin.password)],
      [sha256(user), sha256(viewer.user)],
      [sha256(password), sha256(viewer.password)],
    ]);
  });
});
