import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Redis } from 'ioredis';

/** What a script is given, by the names that it has for them. */
type Input<Key extends string, Arg extends string> = {
  keys: Record<Key, string>;
  args: Record<Arg, string | number>;
};

/** Runs the script as one atomic step of Redis, and returns its reply as Redis sends it. */
export type RunScript<Key extends string, Arg extends string> = (input: Input<Key, Arg>) => Promise<unknown>;

/**
 * A Lua script, with the names of its keys and arguments in their order. The script itself binds them to locals of the
 * same names in its first lines:
 *
 * ```lua
 * local record, email_index = unpack(KEYS)
 * local id, name = unpack(ARGV)
 * ```
 *
 * Returns a function that makes the script callable on a connection. ioredis sends its hash, and its text only when
 * Redis does not know it.
 *
 * `guard` is Lua that runs before it in the same step, and may return in its place. It has a key of its own, which is the
 * last of KEYS, and is named when the script is made callable.
 *
 * @throws when the script binds other names than `keys` and `args`, or binds them in another order
 */
export const defineScript = <const Key extends string, const Arg extends string>(
  file: URL,
  { keys, args, guard = '' }: { keys: readonly Key[]; args: readonly Arg[]; guard?: string },
): ((connection: Redis, ...guardKey: string[]) => RunScript<Key, Arg>) => {
  const lua = readFileSync(file, 'utf8');
  const name = basename(file.pathname, '.lua');
  requireBinding(lua, 'KEYS', keys, name);
  requireBinding(lua, 'ARGV', args, name);
  return (connection, ...guardKey) => {
    connection.defineCommand(name, { lua: guard + lua, numberOfKeys: keys.length + guardKey.length });
    const run = Reflect.get(connection, name) as Command;
    return (input) =>
      run.call(
        connection,
        ...keys.map((key) => input.keys[key]),
        ...guardKey,
        ...args.map((arg) => input.args[arg]),
      );
  };
};

type Command = (this: Redis, ...keysAndArgs: (string | number)[]) => Promise<unknown>;

const requireBinding = (
  lua: string,
  from: 'KEYS' | 'ARGV',
  names: readonly string[],
  script: string,
): void => {
  const [, bound = ''] = new RegExp(`^local ([a-z_, ]+) = unpack\\(${from}\\)$`, 'm').exec(lua) ?? [];
  if (bound !== names.map(toSnakeCase).join(', '))
    throw new Error(`${script}.lua has to bind ${from} to ${names.map(toSnakeCase).join(', ')}`);
};

const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
