-- KEYS: the sign-up's record, the unwelcomed.
-- ARGV: token, now in ms, what to do about an unknown one ('resend' or 'hold'), id.
-- Returns the whole record, or nothing when there is nothing to send.
local outcome, status = unpack(redis.call('HMGET', KEYS[1], 'outcome', 'emailStatus'))
if outcome ~= 'created' or status == 'sent' then
  return {}
end
local held = ARGV[3] == 'hold'
if status == 'sending' then -- whoever claimed it died or lost its lock: the message may be out
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
  if held then
    redis.call('HDEL', KEYS[1], 'emailToken')
    redis.call('ZREM', KEYS[2], ARGV[4])
    redis.call('HSET', KEYS[1], 'emailStatus', 'unknown')
    return redis.call('HGETALL', KEYS[1])
  end
end
if status == 'failed' or (status == 'unknown' and held) then -- nothing but an operator's retry runs these again
  redis.call('HSET', KEYS[1], 'emailSince', ARGV[2])
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
end
redis.call('HSET', KEYS[1], 'emailStatus', 'sending', 'emailToken', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'emailAttempts', 1)
redis.call('HDEL', KEYS[1], 'emailError')
return redis.call('HGETALL', KEYS[1])
