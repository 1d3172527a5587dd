import { readFileSync } from 'node:fs';
import type { Static, TSchema } from '@sinclair/typebox';
import { envSchema } from 'env-schema';

export type Environment = Record<string, string | undefined>;

/** The environment does not fit its schema; the message names every fault, a line each. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

interface Fault {
  keyword: string;
  instancePath: string;
  message?: string;
  params: Record<string, unknown>;
}

/**
 * Reads what `schema` declares from `environment`: strings become numbers and booleans, defaults are filled in, and a
 * variable that is set to nothing counts as not set (`ADMIN_PASSWORD=` in a compose file). Each can be in a file instead,
 * as secrets are mounted: `ADMIN_PASSWORD_FILE` names it.
 *
 * @throws {EnvironmentError} naming every variable that is missing or wrong, at once. It never holds a value, since
 * a value may be a secret.
 */
export const readEnvironment = <Schema extends TSchema>(
  schema: Schema,
  environment: Environment,
): Static<Schema> => {
  const data = readFiles(
    Object.keys(schema.properties),
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value)),
  );
  try {
    return envSchema<Static<Schema>>({ schema, data, env: false });
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    const faults = (error.errors as Fault[]).filter(({ keyword }) => keyword !== 'if').map(describeFault);
    throw new EnvironmentError(`The environment needs mending:\n${faults.join('\n')}`);
  }
};

const readFiles = (names: string[], environment: Environment): Environment => {
  const data = { ...environment };
  for (const name of names) {
    const file = environment[`${name}_FILE`];
    if (file === undefined) continue;
    if (environment[name]) throw new EnvironmentError(`${name} and ${name}_FILE are both set: keep one`);
    try {
      data[name] = readFileSync(file, 'utf8').trim();
    } catch (cause) {
      throw new EnvironmentError(`${name}_FILE can not be read: ${file}`, { cause });
    }
  }
  return data;
};

const describeFault = ({ keyword, instancePath, message, params }: Fault): string => {
  if (keyword === 'required') return `  ${params.missingProperty} is missing`;
  if (keyword === 'not') return `  ${instancePath.slice(1)} is an example from the README: choose another`;
  return `  ${instancePath.slice(1)} ${message}`;
};

/** For a `main.ts`: ends the process with the message alone, since a stack says nothing to who mends a variable. */
export const readEnvironmentOrExit = <Schema extends TSchema>(
  schema: Schema,
  environment: Environment,
): Static<Schema> => {
  try {
    return readEnvironment(schema, environment);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};
