/** One way in which PostgreSQL refuses to write a row of a table: what makes it, and what ends it. */
interface DatabaseRefusal {
  begin(table: string): string;
  end(table: string): string;
}

/** A trigger of the team's own. `NEW::text` is the whole row: the name and the address are in it. */
const trigger = (body: string): DatabaseRefusal => ({
  begin: (table) => `
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NEW; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse();`,
  end: () => 'DROP FUNCTION IF EXISTS refuse() CASCADE',
});

const raise = (code: string): DatabaseRefusal =>
  trigger(`RAISE EXCEPTION 'not %', NEW USING
    ERRCODE = '${code}', DETAIL = NEW::text, HINT = NEW::text, CONSTRAINT = NEW::text, COLUMN = NEW::text`);

const constraint = (definition: string): DatabaseRefusal => ({
  begin: (table) => `ALTER TABLE ${table} ADD CONSTRAINT refuse ${definition} NOT VALID`,
  end: (table) => `ALTER TABLE ${table} DROP CONSTRAINT refuse`,
});

/**
 * PostgreSQL says what it refuses, with the values: in the message, the detail, the hint, the context, or the name of what
 * was violated.
 */
export const databaseRefusals: Record<string, DatabaseRefusal> = {
  'a check': constraint('CHECK (id IS NULL)'),
  'a foreign key': constraint('FOREIGN KEY (email_key) REFERENCES wanted (email_key)'),
  'an index of the team': {
    begin: (table) => `CREATE UNIQUE INDEX refuse ON ${table} (name) WHERE email LIKE '%.an-index-%'`,
    end: () => 'DROP INDEX refuse',
  },
  'a value that is no number': trigger('PERFORM (NEW::text)::int'),
  'a value that is too long': trigger('INSERT INTO short VALUES (NEW::text)'),
  'a statement that a trigger makes of values': trigger("EXECUTE format('SELECT %I', NEW::text)"),
  'a statement that takes too long': {
    begin: (table) => `${trigger('PERFORM pg_sleep(20)').begin(table)}
      ALTER DATABASE postgres SET statement_timeout = '200ms';
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    end: () => `ALTER DATABASE postgres RESET statement_timeout; DROP FUNCTION refuse() CASCADE;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  },
  // One code of each kind that the service tells apart.
  ...Object.fromEntries(
    ['P0001', '22023', '23505', '40P01', '42501', '42P01', '57014', '53300', '25006'].map((code) => [
      `a trigger that raises ${code}`,
      raise(code),
    ]),
  ),
};
