-- KEYS: the sign-up's record, the unwelcomed. ARGV: error, id.
local status = redis.call('HGET', KEYS[1], 'emailStatus')
redis.call('ZREM', KEYS[2], ARGV[2])
if status == 'pending' then
  redis.call('HSET', KEYS[1], 'emailStatus', 'failed', 'emailError', ARGV[1])
elseif status == 'sending' then
  redis.call('HDEL', KEYS[1], 'emailToken')
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
  redis.call('HSET', KEYS[1], 'emailStatus', 'unknown', 'emailError', ARGV[1])
end
