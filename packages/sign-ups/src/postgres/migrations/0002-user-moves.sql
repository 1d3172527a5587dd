-- A move of the users from Redis into this database: at most one.
CREATE TABLE user_moves (
  -- Redis has the same id.
  id uuid PRIMARY KEY,
  is_only boolean NOT NULL DEFAULT true CHECK (is_only) UNIQUE,
  -- The process that moves. Another one that starts takes over from it, and from then on it changes nothing.
  run uuid NOT NULL,
  is_finished boolean NOT NULL DEFAULT false,
  -- How far the copy is: the cursor of SCAN, and the run of Redis in which it counts.
  scan_cursor text NOT NULL DEFAULT '0',
  redis_run text NOT NULL DEFAULT ''
);
