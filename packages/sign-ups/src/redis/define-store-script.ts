import { readFileSync } from 'node:fs';
import { defineScript } from '@backend-jobs/redis';

const guard = readFileSync(new URL('./move-guard.lua', import.meta.url), 'utf8');

/**
 * A script that changes what Redis keeps of a sign-up: it does so only as long as the users are here. It is made callable
 * with the key `move`.
 */
export const defineStoreScript = <const Key extends string, const Arg extends string>(
  file: URL,
  names: { keys: readonly Key[]; args: readonly Arg[] },
) => defineScript(file, { ...names, guard });
