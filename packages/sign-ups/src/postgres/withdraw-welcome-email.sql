-- Records that nobody may send an email any more, because an operator removed it.
--
-- Returns whether it is being sent, and then records nothing; otherwise the status of the email if the sign-up has ended by
-- this, for the first time.
WITH input (id, error, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY
),
held AS MATERIALIZED (
  SELECT input.*, s.welcome_status, s.welcome_is_settled AS is_over, s.is_reopened
  FROM sign_ups s JOIN input USING (id)
  WHERE s.outcome = 'created' AND s.welcome_status <> 'sent'
  ORDER BY s.id FOR NO KEY UPDATE OF s
),
withdrawn AS (
  UPDATE sign_ups s SET
    welcome_is_withdrawn = true,
    welcome_unsent_at = NULL,
    welcome_status = CASE WHEN s.welcome_status = 'pending' THEN 'failed' ELSE s.welcome_status END,
    welcome_error = CASE WHEN s.welcome_is_settled THEN s.welcome_error ELSE h.error END,
    welcome_is_settled = true
  FROM held h
  WHERE s.id = h.id AND h.welcome_status <> 'sending'
  RETURNING s.id, s.welcome_status
)
SELECT h.place, h.welcome_status = 'sending' AS is_being_sent,
  CASE WHEN NOT h.is_over AND NOT h.is_reopened THEN w.welcome_status END AS ended
FROM held h LEFT JOIN withdrawn w USING (id);
