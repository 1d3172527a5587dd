-- Records how a claimed sending ended.
--
--   id, token                             the sign-up, and the claim
--   status                                'pending', 'sent', 'failed' or 'unknown'
--   is_final                              whether only an operator will have it tried again
--   counts_attempt                        whether a mail server was asked
--   message_id, sent_at, error            further facts; NULL for one that there is not
--   refusals, refused_since
--
-- Returns a row unless the token no longer has the claim, and whether the sign-up has ended by this, for the first time. A
-- call that is made again, since its answer was lost, returns the same, and changes nothing more.
WITH input (id, token, status, is_final, counts_attempt, message_id, sent_at, error, refusals, refused_since, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::boolean[], $6::text[], $7::timestamptz[],
    $8::text[], $9::int[], $10::timestamptz[]) WITH ORDINALITY
),
held AS MATERIALIZED (
  SELECT input.*, s.welcome_status, s.is_reopened
  FROM sign_ups s JOIN input USING (id)
  WHERE s.welcome_token = input.token AND s.welcome_status IN ('sending', input.status)
  ORDER BY s.id FOR NO KEY UPDATE OF s
),
settled AS (
  UPDATE sign_ups s SET
    welcome_status = h.status,
    welcome_is_settled = h.is_final,
    welcome_message_id = coalesce(h.message_id, s.welcome_message_id),
    welcome_sent_at = coalesce(h.sent_at, s.welcome_sent_at),
    welcome_error = coalesce(h.error, s.welcome_error),
    welcome_refusals = h.refusals,
    welcome_refused_since = h.refused_since,
    welcome_unsent_at = CASE WHEN h.is_final AND h.status <> 'sent' THEN date_trunc('milliseconds', now()) END,
    welcome_copies = s.welcome_copies + CASE WHEN h.status = 'unknown' THEN 1 ELSE 0 END,
    welcome_attempts = s.welcome_attempts - CASE WHEN h.counts_attempt THEN 0 ELSE 1 END
  FROM held h
  WHERE s.id = h.id AND h.welcome_status = 'sending'
)
SELECT place, is_final AND NOT is_reopened AS has_ended FROM held;
