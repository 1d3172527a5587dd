-- KEYS: the sign-up's record, the unwelcomed. ARGV: error, id.
redis.call('ZREM', KEYS[2], ARGV[2])
local status, settled = unpack(redis.call('HMGET', KEYS[1], 'emailStatus', 'emailIsSettled'))
if not status or settled == '1' then
  return
end
if status == 'pending' then
  status = 'failed'
elseif status == 'sending' then
  status = 'unknown'
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
end
redis.call('HSET', KEYS[1], 'emailStatus', status, 'emailToken', '', 'emailIsSettled', '1', 'emailError', ARGV[1])
