import { hash as digest } from 'node:crypto';

export type KeyedHash = (text: string) => string;

/**
 * Makes the hashes that stand for personal values (an email address, a client's IP) in the names of Redis
 * keys. Somebody who reads the names without knowing `secret` can neither see whose they are nor try out
 * addresses (HMAC, RFC 2104, with SHA-256).
 */
export const createKeyedHash = (secret: string): KeyedHash => {
  const hmac = createHmacSha256(secret);
  // A sign-up asks for the hash of its address and then for that of its mailbox, which is nearly always the same text.
  let last = { text: '', hash: hmac('') };
  return (text) => {
    if (text !== last.text) last = { text, hash: hmac(text) };
    return last.hash;
  };
};

/** What SHA-256 works on at a time, in bytes. */
const blockBytes = 64;

/**
 * RFC 2104, section 2, with Node's one-shot hash. Node's `createHmac` makes an object for each text, which has to be
 * collected later.
 */
const createHmacSha256 = (secret: string): KeyedHash => {
  const key = Buffer.alloc(blockBytes);
  key.set(Buffer.byteLength(secret) > blockBytes ? digest('sha256', secret, 'buffer') : Buffer.from(secret));
  const inner = key.map((byte) => byte ^ 0x36);
  const outer = key.map((byte) => byte ^ 0x5c);
  return (text) => {
    const hash = digest('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return digest('sha256', Buffer.concat([outer, hash]), 'base64url');
  };
};
