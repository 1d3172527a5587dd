import { createHmac, createSecretKey } from 'node:crypto';

export type KeyedHash = (text: string) => string;

/**
 * Makes the hashes that stand for personal values (an email address, a client's IP) in the names of Redis
 * keys. Somebody who reads the names without knowing `secret` can neither see whose they are nor try out
 * addresses (HMAC, RFC 2104, with SHA-256).
 */
export const createKeyedHash = (secret: string): KeyedHash => {
  const key = createSecretKey(secret, 'utf8');
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
};
