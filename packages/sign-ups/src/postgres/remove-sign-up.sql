-- Records that an operator removed a sign-up, unless it was decided before. One that failed counts as not decided.
-- Returns the outcome that holds then; nothing when somebody else decides it at the same time.
WITH removed AS (
  INSERT INTO sign_ups AS s (id, outcome, expires_at)
  VALUES ($1, 'removed', now() + interval '90 days')
  ON CONFLICT (id) DO UPDATE SET
    outcome = excluded.outcome, expires_at = excluded.expires_at, decided_at = now(), new_user = NULL
  WHERE s.outcome IN ('queued', 'failed')
  RETURNING s.outcome
)
SELECT outcome FROM removed
UNION ALL
SELECT outcome FROM sign_ups WHERE id = $1 AND NOT EXISTS (SELECT FROM removed);
