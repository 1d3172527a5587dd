-- Makes the user, or the rejection when the email belongs to another user or too many have signed up. A sign-up that was
-- decided before keeps its outcome, except that a failed one is decided anew.
--
--   id, name, email, email_key, locale  the user
--   mailbox, domain                     what stands for them in sign_up_counts; NULL: they have no limit
--   mailbox_max, mailbox_ms             how many of a mailbox may be made in how many ms
--   domain_max, domain_ms               the same for a domain
--
-- Returns what was decided, and whether a sign-up has ended by this for the first time. For a sign-up that was decided before, or by somebody else meanwhile, it returns nothing. It
-- fails with 23505 when somebody else takes the email at the same time: ask again, and the owner is seen.
WITH input (id, name, email, email_key, locale, mailbox, mailbox_max, mailbox_ms, domain, domain_max, domain_ms, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::float8[],
    $9::text[], $10::int[], $11::float8[]) WITH ORDINALITY
),
-- Locked in one order by all, so that two statements do not wait for each other.
held AS MATERIALIZED (
  SELECT s.id, s.outcome FROM sign_ups s WHERE s.id IN (SELECT id FROM input) ORDER BY s.id FOR NO KEY UPDATE
),
open AS (
  SELECT input.*,
    EXISTS (SELECT FROM users u WHERE u.email_key = input.email_key) AS is_taken,
    EXISTS (SELECT FROM sign_up_counts c
      WHERE c.key = input.domain AND c.ends_at > now() AND c.made >= input.domain_max) AS is_domain_full
  FROM input LEFT JOIN held USING (id)
  WHERE held.outcome IS NULL OR held.outcome IN ('queued', 'failed')
),
-- Each of the two counts in the same step in which it looks whether there is room.
in_mailbox AS (
  INSERT INTO sign_up_counts AS c (key, made, ends_at)
  SELECT mailbox, 1, now() + mailbox_ms * interval '1 millisecond' FROM open
  WHERE mailbox IS NOT NULL AND NOT is_taken AND NOT is_domain_full
  ORDER BY mailbox
  ON CONFLICT (key) DO UPDATE SET
    made = CASE WHEN c.ends_at > now() THEN c.made + 1 ELSE 1 END,
    ends_at = CASE WHEN c.ends_at > now() THEN c.ends_at ELSE excluded.ends_at END
  WHERE c.ends_at <= now() OR c.made < (SELECT max(mailbox_max) FROM input)
  RETURNING c.key
),
in_domain AS (
  INSERT INTO sign_up_counts AS c (key, made, ends_at)
  SELECT domain, 1, now() + domain_ms * interval '1 millisecond' FROM open
  WHERE domain IS NOT NULL AND NOT is_taken AND NOT is_domain_full
    AND (mailbox IS NULL OR mailbox IN (SELECT key FROM in_mailbox))
  ORDER BY domain
  ON CONFLICT (key) DO UPDATE SET
    made = CASE WHEN c.ends_at > now() THEN c.made + 1 ELSE 1 END,
    ends_at = CASE WHEN c.ends_at > now() THEN c.ends_at ELSE excluded.ends_at END
  WHERE c.ends_at <= now() OR c.made < (SELECT max(domain_max) FROM input)
  RETURNING c.key
),
verdict AS (
  SELECT id, CASE
    WHEN is_taken THEN 'email-taken'
    WHEN mailbox IS NOT NULL AND mailbox NOT IN (SELECT key FROM in_mailbox) THEN 'too-many-sign-ups'
    WHEN domain IS NOT NULL AND domain NOT IN (SELECT key FROM in_domain) THEN 'too-many-sign-ups'
  END AS reason
  FROM open
),
decided AS (
  INSERT INTO sign_ups AS s (id, outcome, reason, expires_at, welcome_status, welcome_since)
  SELECT id,
    CASE WHEN reason IS NULL THEN 'created' ELSE 'rejected' END,
    reason,
    CASE WHEN reason IS NOT NULL THEN now() + interval '30 days' END,
    CASE WHEN reason IS NULL THEN 'pending' END,
    CASE WHEN reason IS NULL THEN now() END
  FROM verdict
  ORDER BY id
  ON CONFLICT (id) DO UPDATE SET
    outcome = excluded.outcome, reason = excluded.reason, expires_at = excluded.expires_at, new_user = NULL,
    decided_at = now(), is_reopened = s.is_reopened OR s.outcome = 'failed', welcome_status = excluded.welcome_status, welcome_since = excluded.welcome_since
  WHERE s.outcome IN ('queued', 'failed')
  RETURNING s.id, s.outcome, s.reason, s.is_reopened
),
made AS (
  INSERT INTO users (id, name, email, email_key, locale, created_at)
  SELECT id, name, email, email_key, locale, now()
  FROM input JOIN decided USING (id) WHERE decided.outcome = 'created'
  ORDER BY email_key
)
SELECT input.place, decided.outcome, decided.reason, now() AS created_at,
  decided.outcome = 'rejected' AND NOT decided.is_reopened AS has_ended
FROM decided JOIN input USING (id);
