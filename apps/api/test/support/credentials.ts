import { createHash } from 'node:crypto';

export const apiKey = 'an-api-key-for-tests';

export const apiKeys: ReadonlyMap<string, string> = new Map([
  [createHash('sha256').update(apiKey).digest('hex'), 'mobile'],
  ['0'.repeat(64), 'web'],
]);

export const withKey = { authorization: `Bearer ${apiKey}` };

export const admin = { user: 'admin', password: 'a-password-for-tests' };
export const viewer = { user: 'viewer', password: 'another-password' };

export const adminLogin = { name: admin.user, role: 'admin', password: admin.password } as const;
export const viewerLogin = { name: viewer.user, role: 'viewer', password: viewer.password } as const;

/** The header of a login (RFC 7617). */
export const login = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
export const asAdmin = login(admin.user, admin.password);
export const asViewer = login(viewer.user, viewer.password);
