-- KEYS: the sign-up's record. ARGV: error.
local status = redis.call('HGET', KEYS[1], 'emailStatus')
if status == 'pending' or status == 'sending' then
  redis.call('HDEL', KEYS[1], 'emailToken')
  redis.call('HSET', KEYS[1], 'emailStatus', 'failed', 'emailError', ARGV[1])
end
