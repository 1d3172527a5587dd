import { type Environment, EnvironmentError, type Variable } from './variable.ts';

/**
 * A process' variables, by the names that their values have in its code. Units are part of the names:
 * `timeoutMs`.
 */
export type Variables = Record<string, Variable<unknown>>;

export type Config<Declared extends Variables> = {
  [Key in keyof Declared]: Declared[Key] extends Variable<infer Value> ? Value : never;
};

/**
 * Reads and decodes all that `variables` declare.
 *
 * @throws {EnvironmentError} naming every variable that is missing or wrong, at once
 */
export const readEnvironment = <Declared extends Variables>(
  variables: Declared,
  environment: Environment,
): Config<Declared> => {
  const faults = new Set<string>();
  const read = (variable: Variable<unknown>) => {
    try {
      return variable.read(environment);
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      for (const fault of error.faults) faults.add(fault);
      return undefined;
    }
  };
  const values = Object.entries(variables).map(([key, variable]) => [key, read(variable)]);
  if (faults.size > 0) throw new EnvironmentError([...faults]);
  return Object.fromEntries(values);
};

/**
 * Makes one value of several variables. A variable can be a part of more than one value.
 *
 * @param combine is called when each variable is valid by itself. It throws an {EnvironmentError} when they
 * do not fit together.
 */
export const combineVariables = <Declared extends Variables, Value>(
  variables: Declared,
  combine: (values: Config<Declared>) => Value,
): Variable<Value> => ({
  declarations: Object.values(variables).flatMap(({ declarations }) => declarations),
  read: (environment) => combine(readEnvironment(variables, environment)),
});

/**
 * For a `main.ts`: ends the process with the message alone, since a stack does not help to correct a
 * variable.
 */
export const readEnvironmentOrExit = <Declared extends Variables>(
  variables: Declared,
  environment: Environment,
): Config<Declared> => {
  try {
    return readEnvironment(variables, environment);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};
