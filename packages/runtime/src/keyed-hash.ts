import { createHmac, createSecretKey } from 'node:crypto';

export type KeyedHash = (text: string) => string;

/**
 * What stands for a personal value (an address, a client's IP) in the name of a key: who sees the name, and not
 * `secret`, can't tell whose it is, nor try out addresses (HMAC, RFC 2104, with SHA-256).
 */
export const createKeyedHash = (secret: string): KeyedHash => {
  const key = createSecretKey(secret, 'utf8');
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
};
