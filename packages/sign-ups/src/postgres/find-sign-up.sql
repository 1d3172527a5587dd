-- What became of a sign-up: nothing is returned of one that is not there.
WITH input (id, place) AS (
  SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY
)
SELECT input.place, s.id, s.outcome, s.reason,
  u.name, u.email, u.locale, u.created_at,
  s.welcome_status, s.welcome_is_settled, s.welcome_attempts, s.welcome_copies, s.welcome_message_id, s.welcome_sent_at,
  s.welcome_error
FROM input JOIN sign_ups s USING (id) LEFT JOIN users u USING (id);
