-- Accepts a sign-up: from here on it waits in its row, whatever becomes of its job.
--
--   id, new_user                                         the sign-up, and what the person gave
--   email_key, mailbox, mailbox_max, domain, domain_max  as for create-sign-up.sql
--   key_hash, fingerprint                                of the idempotency key; NULL without one
--
-- Returns what became of it, and of a key that was used before, which sign-up that was. It returns nothing when another
-- request under the same key is faster, in this statement or in another: ask again, and its sign-up is seen.
WITH input (id, new_user, email_key, mailbox, mailbox_max, domain, domain_max, key_hash, fingerprint, place) AS (
  SELECT * FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[], $8::text[],
    $9::text[]) WITH ORDINALITY
),
judged AS MATERIALIZED (
  SELECT input.*, k.sign_up_id, k.fingerprint AS known_fingerprint,
    EXISTS (SELECT FROM users u WHERE u.email_key = input.email_key) AS is_taken,
    (SELECT max(ceil(extract(epoch FROM c.ends_at - now())))::int FROM sign_up_counts c
      WHERE c.ends_at > now()
        AND ((c.key = input.mailbox AND c.made >= mailbox_max) OR (c.key = input.domain AND c.made >= domain_max))
    ) AS wait_s
  FROM input LEFT JOIN idempotency_keys k ON k.key_hash = input.key_hash AND k.expires_at > now()
),
claimed AS (
  INSERT INTO idempotency_keys AS k (key_hash, fingerprint, sign_up_id, expires_at)
  SELECT DISTINCT ON (key_hash) key_hash, fingerprint, id, now() + interval '24 hours' FROM judged
  WHERE key_hash IS NOT NULL AND sign_up_id IS NULL AND NOT is_taken AND wait_s IS NULL
  ORDER BY key_hash
  ON CONFLICT (key_hash) DO UPDATE SET
    fingerprint = excluded.fingerprint, sign_up_id = excluded.sign_up_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.sign_up_id
),
queued AS (
  INSERT INTO sign_ups (id, outcome, new_user)
  SELECT id, 'queued', new_user FROM judged
  WHERE sign_up_id IS NULL AND NOT is_taken AND wait_s IS NULL
    AND (key_hash IS NULL OR id IN (SELECT c.sign_up_id FROM claimed c))
  RETURNING id
)
SELECT j.place, j.sign_up_id, j.wait_s, CASE
    WHEN j.sign_up_id IS NOT NULL AND j.known_fingerprint = j.fingerprint THEN 'repeated'
    WHEN j.sign_up_id IS NOT NULL THEN 'key-reused'
    WHEN j.is_taken THEN 'email-taken'
    WHEN j.wait_s IS NOT NULL THEN 'too-many-sign-ups'
    ELSE 'accepted'
  END AS kind
FROM judged j LEFT JOIN queued USING (id)
WHERE queued.id IS NOT NULL OR j.sign_up_id IS NOT NULL OR j.is_taken OR j.wait_s IS NOT NULL;
