-- KEYS: the sign-up's record, the unwelcomed. ARGV: token, id, '1' if it is final, status, then further fields and values.
local token, status = unpack(redis.call('HMGET', KEYS[1], 'emailToken', 'emailStatus'))
if token ~= ARGV[1] or status ~= 'sending' then
  return 0
end
if ARGV[4] == 'unknown' then
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
end
-- '' is nobody's token.
redis.call('HSET', KEYS[1], 'emailToken', '', 'emailIsSettled', ARGV[3], 'emailStatus', unpack(ARGV, 4))
if ARGV[3] == '1' then
  redis.call('ZREM', KEYS[2], ARGV[2])
end
return 1
