-- Leaves the mark 'deleted' in place of all that the record says, whether there is a record or not. Returns a row unless
-- the mark was there before, and whether the sign-up has ended by this, for the first time.
WITH held AS MATERIALIZED (
  SELECT s.outcome, s.welcome_is_settled, s.is_reopened FROM sign_ups s WHERE s.id = $1 FOR NO KEY UPDATE
),
marked AS (
  INSERT INTO sign_ups AS s (id, outcome, expires_at)
  SELECT $1, 'deleted', now() + interval '90 days' WHERE NOT EXISTS (SELECT FROM held WHERE outcome = 'deleted')
  ON CONFLICT (id) DO UPDATE SET
    outcome = excluded.outcome, expires_at = excluded.expires_at, decided_at = now(), reason = NULL, new_user = NULL,
    welcome_status = NULL, welcome_since = NULL, welcome_token = NULL, welcome_message_id = NULL,
    welcome_sent_at = NULL, welcome_error = NULL, welcome_unsent_at = NULL, welcome_refusals = NULL,
    welcome_refused_since = NULL, welcome_is_settled = DEFAULT, welcome_is_withdrawn = DEFAULT,
    welcome_attempts = DEFAULT, welcome_copies = DEFAULT, welcome_copies_before = DEFAULT, welcome_job = DEFAULT,
    welcome_start = DEFAULT, welcome_lost = DEFAULT
  WHERE s.outcome <> 'deleted'
  RETURNING s.id
)
SELECT coalesce(
  (SELECT NOT is_reopened AND (outcome = 'queued' OR (outcome = 'created' AND NOT welcome_is_settled)) FROM held),
  true
) AS has_ended
FROM marked;
