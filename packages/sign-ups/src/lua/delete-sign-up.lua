-- KEYS: the sign-up's record, the email's index, the unwelcomed, the users.
-- ARGV: id, the email that KEYS[2] is of, seconds the mark is kept.
-- Returns 1 when it is deleted now, 0 when it was before, -1 when the email is another one.
local outcome, email = unpack(redis.call('HMGET', KEYS[1], 'outcome', 'email'))
if outcome == 'deleted' then
  return 0
end
if outcome == 'created' and email ~= ARGV[2] then
  return -1
end
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'outcome', 'deleted')
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
