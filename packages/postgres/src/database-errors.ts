import { DatabaseError as ServerError } from 'pg';

/** PostgreSQL could not be reached, or can't serve at the moment. The call may have been done all the same. */
export class DatabaseOutage extends Error {
  override name = 'DatabaseOutage';
}

/**
 * What may be known of an error. Its detail, hint and context quote the values of a row; and what a trigger or a function
 * says in any place, such as the name of a constraint, is the team's own, which can quote them, too. PostgreSQL names the
 * place in `where`.
 */
const knownOf = ({ code = 'XX000', message, constraint, where }: ServerError) =>
  where === undefined ? { code, message, constraint } : { code, message: undefined, constraint: undefined };

/** PostgreSQL refused a statement. This holds the code (SQLSTATE) and the name of what was violated, and no value. */
export class DatabaseFault extends Error {
  override name = 'DatabaseFault';
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(error: ServerError) {
    const { code, message, constraint } = knownOf(error);
    // Class 42: the statement does not fit the schema or the rights. It names tables and columns, and no values.
    const reason = code.startsWith('42') ? message : constraint;
    super(`PostgreSQL refused a statement with ${code}${reason ? ` (${reason})` : ''}`);
    this.code = code;
    this.constraint = constraint;
  }
}

/**
 * By SQLSTATE: connection (08), login (28), no such database (3D000), rights (42501), resources (53), operator
 * intervention and shutdown (57P), a statement that took too long (57014, 55P03), disk (58), and a server that became a
 * replica (25006).
 */
const outageCode = /^(08...|28...|3D000|42501|53...|57P..|57014|55P03|58...|25006)$/;

/** A prepared statement is gone, or is one of somebody else: what a pooler does that gives each transaction another session. */
const mixedUpCode = /^(26000|42P05)$/;

/** What a client library threw, in the terms of this package. A bug of the caller stays as it is. */
export const toOwnError = (error: unknown): unknown => {
  if (error instanceof DatabaseOutage || error instanceof DatabaseFault) return error;
  if (error instanceof ServerError && mixedUpCode.test(error.code ?? ''))
    return new DatabaseOutage(
      `a pooler mixes up prepared statements: set DATABASE_PREPARE=off (${error.code})`,
    );
  if (error instanceof ServerError) return toFaultOrOutage(error);
  // pg has no class for a connection that broke, or a reply that did not come in time.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new DatabaseOutage(innermost(error).message || 'the connection failed');
};

const toFaultOrOutage = (error: ServerError): DatabaseOutage | DatabaseFault => {
  const { code, message } = knownOf(error);
  if (!outageCode.test(code)) return new DatabaseFault(error);
  return new DatabaseOutage(message ?? `PostgreSQL refused a statement with ${code}`);
};

/** A name with several addresses is tried at each of them. */
const innermost = (error: unknown): Error => {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error instanceof Error ? error : new Error('');
};

export const isDatabaseOutage = (error: unknown): boolean => error instanceof DatabaseOutage;

/** A constraint was violated (23505: it is there already; 23503: another row refers to it). */
export const isViolation = (error: unknown, code: '23505' | '23503'): error is DatabaseFault =>
  error instanceof DatabaseFault && error.code === code;

/** Two transactions were in each other's way, and this one gave in: it can be repeated at once. */
export const isConflict = (error: unknown): error is DatabaseFault =>
  error instanceof DatabaseFault && error.code.startsWith('40');

/** A value that PostgreSQL does not take (22), a violated constraint (23) or a conflict (40): one row may be at fault. */
export const isFaultOfRow = (error: unknown): error is DatabaseFault =>
  error instanceof DatabaseFault && /^(22|23|40)/.test(error.code);
