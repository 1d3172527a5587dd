-- Records that an operator removed a sign-up, unless it was decided before. One that failed counts as not decided.
-- Returns the outcome that holds then, and whether the sign-up has ended by this, for the first time; nothing when somebody
-- else decides it at the same time.
WITH held AS MATERIALIZED (
  SELECT s.outcome, s.is_reopened FROM sign_ups s WHERE s.id = $1 FOR NO KEY UPDATE
),
removed AS (
  INSERT INTO sign_ups AS s (id, outcome, expires_at)
  SELECT $1, 'removed', now() + interval '90 days'
  WHERE NOT EXISTS (SELECT FROM held WHERE outcome NOT IN ('queued', 'failed'))
  ON CONFLICT (id) DO UPDATE SET
    outcome = excluded.outcome, expires_at = excluded.expires_at, decided_at = now(), new_user = NULL
  WHERE s.outcome IN ('queued', 'failed')
  RETURNING s.outcome
)
SELECT outcome, NOT EXISTS (SELECT FROM held WHERE outcome = 'failed' OR is_reopened) AS has_ended FROM removed
UNION ALL
SELECT outcome, false FROM held WHERE NOT EXISTS (SELECT FROM removed);
