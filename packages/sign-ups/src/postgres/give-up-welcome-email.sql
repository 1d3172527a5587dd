-- Records that nobody will try an email again: one that waited is 'failed', one that was being sent is 'unknown'.
--
--   id, error  the sign-up, and why
--   lost       how often its job was lost by a worker that died; NULL if that is not known. A run that was not lost more
--              often was asked for.
--
-- Returns the status of the email if the sign-up has ended by this, for the first time.
WITH input (id, error, lost, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[]) WITH ORDINALITY
),
held AS MATERIALIZED (
  SELECT input.*, s.welcome_is_settled AS is_over, s.is_reopened
  FROM sign_ups s JOIN input USING (id)
  WHERE s.outcome = 'created' AND s.welcome_status <> 'sent'
  ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE sign_ups s SET
  welcome_lost = coalesce(h.lost, s.welcome_lost),
  welcome_status = CASE
    WHEN h.is_over THEN s.welcome_status
    WHEN s.welcome_status = 'pending' THEN 'failed'
    WHEN s.welcome_status = 'sending' THEN 'unknown'
    ELSE s.welcome_status END,
  welcome_copies = s.welcome_copies + CASE WHEN s.welcome_status = 'sending' THEN 1 ELSE 0 END,
  welcome_token = CASE WHEN h.is_over THEN s.welcome_token END,
  welcome_is_settled = true,
  welcome_error = CASE WHEN h.is_over THEN s.welcome_error ELSE h.error END,
  welcome_unsent_at = CASE WHEN h.is_over THEN s.welcome_unsent_at ELSE date_trunc('milliseconds', now()) END
FROM held h
WHERE s.id = h.id AND (NOT h.is_over OR h.lost IS NOT NULL)
RETURNING h.place, CASE WHEN NOT h.is_over AND NOT h.is_reopened THEN s.welcome_status END AS ended;
