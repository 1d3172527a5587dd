import { createHash } from 'node:crypto';

const apiKey = 'an-api-key-for-tests';
const hash = createHash('sha256').update(apiKey).digest('hex');

/** What the API is told of the keys: this one's hash, and another's. */
export const apiKeysEnv = { API_KEYS: `mobile:${hash},web:${'0'.repeat(64)}` };

export const withKey = { authorization: `Bearer ${apiKey}` };
