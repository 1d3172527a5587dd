-- The truth about every accepted sign-up. One that is 'queued' has no job yet, or has one: the queue may be lost.
CREATE TABLE sign_ups (
  id uuid PRIMARY KEY,
  outcome text NOT NULL CHECK (outcome IN ('queued', 'created', 'rejected', 'failed', 'removed', 'deleted')),
  reason text CHECK ((reason IS NOT NULL) = (outcome = 'rejected')),
  -- What the person gave, until the user is made of it.
  new_user jsonb CHECK (new_user IS NULL OR outcome IN ('queued', 'failed')),
  decided_at timestamptz NOT NULL DEFAULT now(),
  -- It had ended before, and goes on since an operator wants it to.
  is_reopened boolean NOT NULL DEFAULT false,
  expires_at timestamptz CHECK ((expires_at IS NOT NULL) = (outcome IN ('rejected', 'removed', 'deleted'))),

  -- The ledger of the welcome email.
  welcome_status text CHECK (welcome_status IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
  welcome_is_settled boolean NOT NULL DEFAULT false,
  welcome_is_withdrawn boolean NOT NULL DEFAULT false,
  welcome_since timestamptz,
  welcome_attempts integer NOT NULL DEFAULT 0,
  -- Copies that may be out, and how many of them were when an operator last asked for the email.
  welcome_copies integer NOT NULL DEFAULT 0,
  welcome_copies_before integer NOT NULL DEFAULT 0,
  -- The claim that was last, which run of the job made it, and how often the job had been lost by then.
  welcome_token text,
  welcome_job bigint NOT NULL DEFAULT 0,
  welcome_start integer NOT NULL DEFAULT 0,
  welcome_lost integer NOT NULL DEFAULT 0,
  welcome_refusals integer,
  welcome_refused_since timestamptz,
  welcome_message_id text,
  welcome_sent_at timestamptz,
  welcome_error text,
  -- When it ended as failed or unknown, and nobody has claimed or removed it since. In whole ms, as it is asked for.
  welcome_unsent_at timestamptz,
  CHECK ((welcome_status IS NOT NULL) = (outcome = 'created')),
  CHECK ((welcome_since IS NOT NULL) = (outcome = 'created'))
) WITH (fillfactor = 70);

CREATE INDEX sign_ups_queued ON sign_ups (id) WHERE outcome = 'queued';
CREATE INDEX sign_ups_unwelcomed ON sign_ups (welcome_since, id)
  WHERE outcome = 'created' AND NOT welcome_is_settled;
CREATE INDEX sign_ups_unsent ON sign_ups (welcome_unsent_at, id) WHERE welcome_unsent_at IS NOT NULL;
CREATE INDEX sign_ups_expiring ON sign_ups (expires_at) WHERE expires_at IS NOT NULL;

-- Those who are signed up. This is the table that others join with.
CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  -- The form in which two addresses are the same one.
  email_key text COLLATE "C" NOT NULL CONSTRAINT users_email_key UNIQUE,
  locale text NOT NULL,
  created_at timestamptz NOT NULL
);

-- How many users were made of a mailbox, or of a domain, in the window that ends then.
CREATE TABLE sign_up_counts (
  key text COLLATE "C" PRIMARY KEY,
  made integer NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX sign_up_counts_ends_at ON sign_up_counts (ends_at);

-- What was accepted under an Idempotency-Key. Both texts are keyed hashes.
CREATE TABLE idempotency_keys (
  key_hash text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL,
  sign_up_id uuid NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_sign_up_id ON idempotency_keys (sign_up_id);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
