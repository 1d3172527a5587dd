import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is not valid. The message names every fault, one line each, and never holds a value. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The environment is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Thrown by a decoder. The message goes on where the name of the variable ends: `must be a whole number`. */
export class InvalidValue extends Error {
  override name = 'InvalidValue';
}

/**
 * Turns the text of a variable into its value.
 *
 * @throws {InvalidValue} saying what the text must be. The message must not hold the text: it may be a
 * secret.
 */
export type Decoder<Value> = (text: string, context: { isProduction: boolean }) => Value;

/** All there is to know about a variable. The tests compare `docs/configuration*.md` and `compose.yaml` with it. */
export interface Declaration<Value = unknown> {
  name: string;
  decode: Decoder<Value>;
  /** Decoded in place of a variable that is not set. */
  default?: string;
  /** The process does not start without it. */
  required?: 'always' | 'in production';
  /** What `docs/configuration.md` says about it, in Markdown. */
  meaning: string;
}

/** One value of a configuration, and the declarations of the variables that it is made from. */
export interface Variable<Value> {
  readonly declarations: readonly Declaration[];
  /** @throws {EnvironmentError} */
  read(environment: Environment): Value;
}

/**
 * Declares a variable. One that is set to nothing counts as not set (`ADMIN_PASSWORD=` in a compose file).
 * Its value can also be in a file, as secrets are mounted: `ADMIN_PASSWORD_FILE` has the path of that file.
 */
export function variable<Value>(
  declaration: Declaration<Value> & ({ default: string } | { required: 'always' }),
): Variable<Value>;
export function variable<Value>(declaration: Declaration<Value>): Variable<Value | undefined>;
export function variable<Value>(declaration: Declaration<Value>): Variable<Value | undefined> {
  const { name, decode, required } = declaration;
  return {
    declarations: [declaration],
    read: (environment) => {
      const isProduction = textOf('NODE_ENV', environment) === 'production';
      const given = textOf(name, environment);
      const isRequired = required === 'always' || (required === 'in production' && isProduction);
      if (given === undefined && isRequired) throw new EnvironmentError([`${name} is missing`]);
      const text = given ?? declaration.default;
      if (text === undefined) return undefined;
      try {
        return decode(text, { isProduction });
      } catch (error) {
        if (!(error instanceof InvalidValue)) throw error;
        throw new EnvironmentError([`${name} ${error.message}`]);
      }
    },
  };
}

const textOf = (name: string, environment: Environment): string | undefined => {
  const text = environment[name] || undefined;
  const path = environment[`${name}_FILE`];
  if (!path) return text;
  if (text !== undefined) throw new EnvironmentError([`${name} and ${name}_FILE are both set: keep one`]);
  const content = readFile(path);
  if (content) return content;
  const problem = content === '' ? 'is empty' : 'can not be read';
  throw new EnvironmentError([`${name}_FILE names a file that ${problem}`]);
};

const readFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};
