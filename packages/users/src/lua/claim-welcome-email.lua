-- KEYS: the sign-up's record. ARGV: token. Returns the whole record, or nothing when there is nothing to send.
local outcome, status = unpack(redis.call('HMGET', KEYS[1], 'outcome', 'emailStatus'))
if outcome ~= 'created' or status == 'sent' then
  return {}
end
redis.call('HSET', KEYS[1], 'emailStatus', 'sending', 'emailToken', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'emailAttempts', 1)
redis.call('HDEL', KEYS[1], 'emailError')
return redis.call('HGETALL', KEYS[1])
