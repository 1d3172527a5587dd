import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A statement in a file of its own, which PostgreSQL prepares once for each connection. */
export interface Statement<Parameter extends string = string> {
  name: string;
  text: string;
  parameters: readonly Parameter[];
}

/** What PostgreSQL takes as a parameter. */
export type Value = string | number | boolean | Date | null | undefined;

/**
 * A statement that works on several rows at once, each of which is given by the names of `parameters`. It begins with
 * the same names:
 *
 * ```sql
 * WITH input (id, token, place) AS (
 *   SELECT * FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY
 * )
 * ```
 *
 * It returns at most one row for each, with its `place`.
 *
 * @throws when the statement has other names, or has them in another order
 */
export const defineStatement = <const Parameter extends string>(
  file: URL,
  parameters: readonly Parameter[],
): Statement<Parameter> => {
  const text = readFileSync(file, 'utf8');
  const name = basename(file.pathname, '.sql');
  const [, bound = ''] =
    /^WITH input \(([a-z_, ]+), place\) AS \(\n {2}SELECT \* FROM unnest\(/m.exec(text) ?? [];
  const wanted = parameters.map(toSnakeCase).join(', ');
  if (bound !== wanted) throw new Error(`${name}.sql has to begin with: WITH input (${wanted}, place)`);
  return { name, text, parameters };
};

const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
