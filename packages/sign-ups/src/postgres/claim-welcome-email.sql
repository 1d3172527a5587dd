-- Takes the right to send a welcome email.
--
--   id, token   the sign-up, and the name of this claim
--   max_copies  how many copies may be out before only an operator may send another
--   job, start  which run this is: both grow
--   lost        how often the job was lost by a worker that died
--
-- Returns the verdict, and for 'claimed' what the sender needs; and the status of an email by which a sign-up has ended, for
-- the first time. All times are those of the server, which all workers
-- share. A sign-up that is not there has nothing to send, and returns nothing.
WITH input (id, token, max_copies, job, start, lost, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::int[], $6::int[]) WITH ORDINALITY
),
held AS MATERIALIZED (
  SELECT input.*, s.outcome, s.welcome_status, s.welcome_is_settled, s.welcome_is_withdrawn, s.welcome_since,
    s.welcome_attempts, s.welcome_copies, s.welcome_copies_before, s.welcome_token, s.welcome_job, s.welcome_start,
    s.welcome_lost, s.welcome_refusals, s.welcome_refused_since, s.is_reopened
  FROM sign_ups s JOIN input USING (id) ORDER BY s.id FOR NO KEY UPDATE OF s
),
judged AS (
  SELECT *, CASE
    WHEN outcome <> 'created' OR welcome_status = 'sent' OR welcome_is_withdrawn THEN 'nothing-to-send'
    -- The answer to this very call was lost, and it is made again.
    WHEN welcome_token = token THEN CASE WHEN welcome_status = 'sending' THEN 'same-claim' ELSE 'blocked' END
    -- A later run has claimed it. Jobs are told apart by when they were added, and the clock that said so may have been
    -- ahead.
    WHEN (job < welcome_job AND welcome_status = 'sending') OR (job = welcome_job AND start < welcome_start)
      THEN 'nothing-to-send'
    -- The one that claimed it has died or lost the job: its message may be out.
    WHEN welcome_status = 'sending' THEN
      CASE WHEN welcome_copies + 1 - welcome_copies_before >= max_copies THEN 'too-many-copies' ELSE 'taken-over' END
    -- Its worker died before the queue knew that it is over. A run after this one was asked for.
    WHEN welcome_is_settled AND lost > welcome_lost THEN 'lost'
    -- An operator asks for it again.
    WHEN welcome_is_settled THEN 'renewed'
    ELSE 'claimed'
  END AS verdict
  FROM held
),
counted AS (
  SELECT *,
    verdict IN ('claimed', 'renewed', 'taken-over') AS is_claimed,
    welcome_copies + CASE WHEN verdict IN ('taken-over', 'too-many-copies') THEN 1 ELSE 0 END AS copies,
    CASE WHEN verdict = 'renewed' THEN welcome_copies ELSE welcome_copies_before END AS copies_before,
    CASE WHEN verdict = 'renewed' THEN now() ELSE welcome_since END AS since,
    welcome_attempts + CASE WHEN verdict IN ('claimed', 'renewed', 'taken-over') THEN 1 ELSE 0 END AS attempts
  FROM judged
),
changed AS (
  UPDATE sign_ups s SET
    is_reopened = s.is_reopened OR c.verdict = 'renewed',
    welcome_token = c.token,
    welcome_lost = c.lost,
    welcome_status = CASE
      WHEN c.is_claimed THEN 'sending' WHEN c.verdict = 'too-many-copies' THEN 'unknown' ELSE s.welcome_status END,
    welcome_is_settled = NOT c.is_claimed,
    welcome_job = CASE WHEN c.is_claimed THEN c.job ELSE s.welcome_job END,
    welcome_start = CASE WHEN c.is_claimed THEN c.start ELSE s.welcome_start END,
    welcome_copies = c.copies,
    welcome_copies_before = c.copies_before,
    welcome_since = c.since,
    welcome_attempts = c.attempts,
    welcome_error = CASE WHEN c.is_claimed THEN NULL ELSE s.welcome_error END,
    welcome_unsent_at = CASE
      WHEN c.is_claimed THEN NULL
      WHEN c.verdict = 'too-many-copies' THEN date_trunc('milliseconds', now())
      ELSE s.welcome_unsent_at END
  FROM counted c
  WHERE s.id = c.id AND (c.is_claimed OR c.verdict IN ('too-many-copies', 'lost'))
)
SELECT c.place,
  CASE
    WHEN c.is_claimed OR c.verdict = 'same-claim' THEN 'claimed'
    WHEN c.verdict IN ('too-many-copies', 'lost') THEN 'blocked'
    ELSE c.verdict
  END AS kind,
  CASE WHEN c.verdict = 'too-many-copies' AND NOT c.is_reopened THEN 'unknown' END AS ended,
  u.id, u.name, u.email, u.locale, u.created_at,
  c.attempts, c.since, greatest(0, c.max_copies - (c.copies - c.copies_before) - 1) AS copies_left,
  now() AS claimed_at, c.welcome_refusals AS refusals, c.welcome_refused_since AS refused_since
FROM counted c LEFT JOIN users u USING (id);
