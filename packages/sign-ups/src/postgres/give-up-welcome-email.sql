-- Records that nobody will try an email again: one that waited is 'failed', one that was being sent is 'unknown'.
WITH input (id, error, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY
)
UPDATE sign_ups s SET
  welcome_status = CASE s.welcome_status
    WHEN 'pending' THEN 'failed' WHEN 'sending' THEN 'unknown' ELSE s.welcome_status END,
  welcome_copies = s.welcome_copies + CASE WHEN s.welcome_status = 'sending' THEN 1 ELSE 0 END,
  welcome_token = NULL,
  welcome_is_settled = true,
  welcome_error = input.error,
  welcome_unsent_at = date_trunc('milliseconds', now())
FROM input
WHERE s.id = input.id AND s.outcome = 'created' AND NOT s.welcome_is_settled
RETURNING input.place;
