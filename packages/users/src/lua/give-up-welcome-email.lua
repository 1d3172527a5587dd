-- KEYS: the sign-up's record, the unwelcomed. ARGV: error, id.
local status = redis.call('HGET', KEYS[1], 'emailStatus')
if status ~= 'pending' and status ~= 'sending' then
  return
end
if status == 'sending' then
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[1], 'emailToken')
redis.call('HSET', KEYS[1], 'emailStatus', status == 'sending' and 'unknown' or 'failed', 'emailError', ARGV[1])
