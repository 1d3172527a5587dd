-- What the person gave whose sign-up waits, or has failed.
WITH input (id, place) AS (
  SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY
)
SELECT input.place, s.outcome, s.new_user
FROM input JOIN sign_ups s USING (id) WHERE s.outcome IN ('queued', 'failed');
