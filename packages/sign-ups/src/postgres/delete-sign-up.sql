-- Leaves the mark 'deleted' in place of all that the record says, whether there is a record or not. Returns a row unless
-- the mark was there before.
INSERT INTO sign_ups AS s (id, outcome, expires_at)
VALUES ($1, 'deleted', now() + interval '90 days')
ON CONFLICT (id) DO UPDATE SET
  outcome = excluded.outcome, expires_at = excluded.expires_at, decided_at = now(), reason = NULL, new_user = NULL,
  welcome_status = NULL, welcome_since = NULL, welcome_token = NULL, welcome_message_id = NULL, welcome_sent_at = NULL,
  welcome_error = NULL, welcome_unsent_at = NULL, welcome_refusals = NULL, welcome_refused_since = NULL, welcome_is_settled = DEFAULT,
  welcome_is_withdrawn = DEFAULT, welcome_attempts = DEFAULT, welcome_copies = DEFAULT,
  welcome_copies_before = DEFAULT, welcome_job = DEFAULT, welcome_start = DEFAULT, welcome_lost = DEFAULT
WHERE s.outcome <> 'deleted'
RETURNING s.id;
