-- So many people who signed up over the last year and were welcomed, as the service would have left them: ids that grow with
-- time (UUIDv7), and addresses in no order.
WITH person AS (
  SELECT number, since,
    encode(
      overlay(
        set_bit(set_bit(uuid_send(gen_random_uuid()), 52, 1), 53, 1)
        PLACING substring(int8send((extract(epoch FROM since) * 1000)::bigint) FROM 3) FROM 1 FOR 6
      ),
      'hex'
    )::uuid AS id,
    substr(md5(number::text), 1, 7) || '.' || number || '@mail-' || number % 997 || '.example' AS email
  FROM (
    SELECT number, now() - interval '1 year' + number * interval '1 year' / ($1 + 1) AS since
    FROM generate_series(1, $1::int) AS number
  ) AS numbers
),
user_row AS (
  INSERT INTO users (id, name, email, email_key, locale, created_at)
  SELECT id, 'Ada Lovelace', email, email, 'en', since FROM person
)
INSERT INTO sign_ups (id, outcome, decided_at, welcome_status, welcome_is_settled, welcome_since, welcome_attempts,
  welcome_token, welcome_job, welcome_start, welcome_message_id, welcome_sent_at)
SELECT id, 'created', since, 'sent', true, since, 1, gen_random_uuid()::text,
  (extract(epoch FROM since) * 1000)::bigint, 1, '<welcome.' || id || '@bench.example>', since
FROM person;
