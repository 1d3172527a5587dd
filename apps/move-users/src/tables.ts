/** A table that rows are moved into, as far as the service knows it: a team may have added columns of its own. */
export interface Table {
  name: 'sign_ups' | 'users' | 'idempotency_keys' | 'sign_up_counts';
  key: string;
  keyType: 'uuid' | 'text';
  /** Its other columns, but for `endsAt`. */
  columns: readonly string[];
  /** When the row is over. Redis only says how much time is left, so that two readings differ a little. */
  endsAt?: string;
}

export const signUpsTable: Table = {
  name: 'sign_ups',
  key: 'id',
  keyType: 'uuid',
  endsAt: 'expires_at',
  columns: [
    ...['outcome', 'reason', 'new_user', 'decided_at', 'is_reopened'],
    ...['welcome_status', 'welcome_is_settled', 'welcome_is_withdrawn', 'welcome_since', 'welcome_attempts'],
    ...['welcome_copies', 'welcome_copies_before', 'welcome_token', 'welcome_job', 'welcome_start'],
    ...['welcome_lost', 'welcome_refusals', 'welcome_refused_since', 'welcome_message_id', 'welcome_sent_at'],
    ...['welcome_error', 'welcome_unsent_at'],
  ],
};
export const usersTable: Table = {
  name: 'users',
  key: 'id',
  keyType: 'uuid',
  columns: ['name', 'email', 'email_key', 'locale', 'created_at'],
};
export const keysTable: Table = {
  name: 'idempotency_keys',
  key: 'key_hash',
  keyType: 'text',
  columns: ['fingerprint', 'sign_up_id'],
  endsAt: 'expires_at',
};
export const countsTable: Table = {
  name: 'sign_up_counts',
  key: 'key',
  keyType: 'text',
  columns: ['made'],
  endsAt: 'ends_at',
};

const toleranceSeconds = 5;

const listOf = (columns: readonly string[], of: string): string =>
  columns.map((column) => `${of}.${column}`).join(', ');

/**
 * Of the names in `$1`, those whose row differs from the one in `$2`, or is in one of the two only. What is over, or nearly
 * so, may be gone from Redis.
 */
export const differingIn = ({ name, key, keyType, columns, endsAt }: Table): string => {
  const compared = (of: string) =>
    `ROW(${listOf([key, ...columns], of)}${endsAt ? `, ${of}.${endsAt} IS NULL` : ''})`;
  return `SELECT n.name::text AS name, t.${key} IS NULL AS is_new
    FROM unnest($1::${keyType}[]) AS n (name)
    LEFT JOIN ${name} t ON t.${key} = n.name
    LEFT JOIN json_populate_recordset(NULL::${name}, $2::json) r ON r.${key} = n.name
    WHERE (${compared('t')} IS DISTINCT FROM ${compared('r')}${
      endsAt ? ` OR abs(extract(epoch FROM t.${endsAt} - r.${endsAt})) > ${toleranceSeconds}` : ''
    })${
      endsAt
        ? ` AND NOT (r.${key} IS NULL AND coalesce(t.${endsAt} <= now() + interval '${toleranceSeconds} s', false))`
        : ''
    }`;
};

/** Removes the rows in `$1`. */
export const removalFrom = ({ name, key, keyType }: Table): string =>
  `DELETE FROM ${name} WHERE ${key} = ANY($1::${keyType}[])`;

/** Inserts the rows in `$1`, except those that are there. */
export const insertionInto = ({ name, key, columns, endsAt }: Table): string => {
  const all = [key, ...columns, ...(endsAt ? [endsAt] : [])];
  return `INSERT INTO ${name} (${all.join(', ')})
    SELECT ${all.join(', ')} FROM json_populate_recordset(NULL::${name}, $1::json) ORDER BY ${key}
    ON CONFLICT DO NOTHING`;
};

/** A page of the names that it has, after `$1`. */
export const pageOf = ({ name, key, keyType }: Table): string =>
  `SELECT ${key}::text AS name FROM ${name} WHERE ${key} > $1::${keyType} ORDER BY ${key} LIMIT $2`;
