-- Runs before each script that changes what Redis keeps of a sign-up. Once the last step of a move to PostgreSQL has begun,
-- nothing of that may change any more.
--
-- KEYS  …, move  the last one: how far the users are on their way (move-state.ts)
local move = redis.call('GET', KEYS[#KEYS])
if move and string.sub(move, 1, 7) ~= 'copying' then
  return redis.error_reply('USERSMOVED The users are being moved to PostgreSQL, or have moved there')
end
