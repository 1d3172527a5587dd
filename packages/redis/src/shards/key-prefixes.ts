import slotOf from 'cluster-key-slot';

const slots = 16_384;

/**
 * The key prefixes of so many shards. The first one is `keyPrefix` itself, so that what a deployment has stays where it is.
 * The others have a number behind its name, within the braces.
 *
 * A cluster gives each master a range of slots, and the slot of a name is as good as random (CRC16): `{a:1}` to `{a:16}` may
 * well all be on one master. So the numbers are chosen such that each of `count` equal ranges of slots has one prefix, in
 * its middle third. Of 16 prefixes 1, 2, 4, 8 or 16 masters have equally many, and three have five or six.
 */
export const shardKeyPrefixes = (keyPrefix: string, count: number): string[] => {
  const thirdOf = (prefix: string) => Math.floor((slotOf(prefix) * count * 3) / slots);
  const firstRange = Math.floor(thirdOf(keyPrefix) / 3);
  const prefixes = new Map([[firstRange, keyPrefix]]);
  for (let number = 1; prefixes.size < count; number += 1) {
    const prefix = keyPrefix.replace('}', `:${number}}`);
    const third = thirdOf(prefix);
    const range = Math.floor(third / 3);
    if (third % 3 === 1 && !prefixes.has(range)) prefixes.set(range, prefix);
  }
  return Array.from({ length: count }, (_, place) => prefixes.get((firstRange + place) % count) as string);
};
