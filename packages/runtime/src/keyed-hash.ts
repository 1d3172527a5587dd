import { createHmac, createSecretKey } from 'node:crypto';

export type KeyedHash = (text: string) => string;

/** How many hashes are kept at most. */
const recentHashes = 1_000;

/**
 * Makes the hashes that stand for personal values (an email address, a client's IP) in the names of Redis
 * keys. Somebody who reads the names without knowing `secret` can neither see whose they are nor try out
 * addresses (HMAC, RFC 2104, with SHA-256).
 */
export const createKeyedHash = (secret: string): KeyedHash => {
  const key = createSecretKey(secret, 'utf8');
  // One sign-up asks for the same hash more than once, and the requests of one client all ask for his.
  const recent = new Map<string, string>();
  return (text) => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const hash = createHmac('sha256', key).update(text).digest('base64url');
    if (recent.size === recentHashes) recent.clear();
    recent.set(text, hash);
    return hash;
  };
};
