-- KEYS: the sign-up's record, the unwelcomed.
-- ARGV: token, now in ms, what to do about an unknown one ('resend' or 'hold'), id, how often the job has stalled, when
-- it was added in ms, which start of it this is.
-- Returns the whole record, or nothing when there is nothing to send. The claim holds if its status is 'sending'.
local outcome, status, token, stalls, added, start = unpack(redis.call('HMGET', KEYS[1], 'outcome', 'emailStatus',
  'emailToken', 'emailStalls', 'emailJobAdded', 'emailJobStart'))
if outcome ~= 'created' or status == 'sent' then
  return {}
end
if status == 'sending' and token == ARGV[1] then -- the connection broke, and the same call is sent again
  return redis.call('HGETALL', KEYS[1])
end
added, start = tonumber(added or 0), tonumber(start or 0)
local mine_added, mine_start = tonumber(ARGV[6]), tonumber(ARGV[7])
if mine_added < added or (mine_added == added and mine_start < start) then -- a later run has claimed it
  return {}
end
local held = ARGV[3] == 'hold'
if status == 'sending' then -- whoever claimed it died or lost its lock: the message may be out
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
  if held then
    redis.call('HDEL', KEYS[1], 'emailToken')
    redis.call('HSET', KEYS[1], 'emailStatus', 'unknown', 'emailIsSettled', '1', 'emailStalls', ARGV[5])
    redis.call('ZREM', KEYS[2], ARGV[4])
    return redis.call('HGETALL', KEYS[1])
  end
end
if status == 'failed' or (status == 'unknown' and held) then
  -- Over. It runs again because an operator asks for it; or because its worker died before the queue knew.
  if tonumber(ARGV[5]) > tonumber(stalls or 0) then
    return redis.call('HGETALL', KEYS[1])
  end
  redis.call('HSET', KEYS[1], 'emailSince', ARGV[2])
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
end
redis.call('HSET', KEYS[1], 'emailStatus', 'sending', 'emailToken', ARGV[1], 'emailStalls', ARGV[5],
  'emailJobAdded', ARGV[6], 'emailJobStart', ARGV[7])
redis.call('HINCRBY', KEYS[1], 'emailAttempts', 1)
redis.call('HDEL', KEYS[1], 'emailError', 'emailIsSettled')
return redis.call('HGETALL', KEYS[1])
