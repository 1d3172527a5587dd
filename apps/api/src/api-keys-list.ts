import { createHash } from 'node:crypto';
import { type Decoder, firstGuesses, InvalidValue, listOf, matching } from '@backend-jobs/runtime';
import type { ApiKeys } from './plugins/api-keys.ts';

const entry = matching(/^[\w.-]+:[0-9a-f]{64}$/, 'must be a list of name:<SHA-256 of the key>, in hex');

/**
 * Reads `API_KEYS`: `mobile:<SHA-256 of the key>,…`.
 *
 * @throws {InvalidValue} also for the hash of nothing, which a shell yields when the command that should make the key is
 * missing, and for the hashes of keys that anybody would try
 */
export const apiKeysList: Decoder<ApiKeys> = (text, context) => {
  const pairs = listOf(entry)(text, context).map((pair) => pair.split(':') as [string, string]);
  const apiKeys = new Map(pairs.map(([name, hash]) => [hash, name]));
  if (apiKeys.size < pairs.length) throw new InvalidValue('has the same key twice');
  if (firstGuesses.some((guess) => apiKeys.has(sha256(guess))))
    throw new InvalidValue(
      'has the hash of nothing, or of a key that is easy to guess: npm run api-key makes one',
    );
  return apiKeys;
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
