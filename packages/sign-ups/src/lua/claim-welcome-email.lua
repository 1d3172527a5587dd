-- KEYS: the sign-up's record, the unwelcomed.
-- ARGV: token, now in ms, what to do about an unknown one ('resend' or 'hold'), id, how often the job has stalled, when
-- it was added in ms, which start of it this is.
-- Returns nothing when there is nothing to send; else the fields that the sender needs. The claim holds if emailStatus
-- is 'sending'.
local outcome, status, token, stalls, added, start, attempts, since, last_error, settled, name, email, locale, created_at =
  unpack(redis.call('HMGET', KEYS[1], 'outcome', 'emailStatus', 'emailToken', 'emailStalls', 'emailJobAdded',
    'emailJobStart', 'emailAttempts', 'emailSince', 'emailError', 'emailIsSettled', 'name', 'email', 'locale', 'createdAt'))
local function answer()
  return { 'emailStatus', status, 'emailAttempts', attempts, 'emailSince', since, 'id', ARGV[4], 'name', name,
    'email', email, 'locale', locale, 'createdAt', created_at }
end

if outcome ~= 'created' or status == 'sent' then
  return {}
end
if token == ARGV[1] then -- the connection broke, and the same call is sent again
  return answer()
end
added, start = tonumber(added or 0), tonumber(start or 0)
local mine_added, mine_start = tonumber(ARGV[6]), tonumber(ARGV[7])
if mine_added < added or (mine_added == added and mine_start < start) then -- a later run has claimed it
  return {}
end
local holds = ARGV[3] == 'hold'
if status == 'sending' then -- whoever claimed it died or lost its lock: the message may be out
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
  if holds then
    status = 'unknown'
    redis.call('HSET', KEYS[1], 'emailStatus', status, 'emailToken', ARGV[1], 'emailIsSettled', '1',
      'emailStalls', ARGV[5])
    redis.call('ZREM', KEYS[2], ARGV[4])
    return answer()
  end
end
if status == 'failed' or (status == 'unknown' and holds) then
  -- Over. It runs again because an operator asks for it; or because its worker died before the queue knew.
  if tonumber(ARGV[5]) > tonumber(stalls or 0) then
    return answer()
  end
  since = ARGV[2]
  redis.call('HSET', KEYS[1], 'emailSince', since)
  redis.call('ZADD', KEYS[2], since, ARGV[4])
end
status, attempts = 'sending', tostring(attempts + 1)
redis.call('HSET', KEYS[1], 'emailStatus', status, 'emailAttempts', attempts, 'emailToken', ARGV[1],
  'emailStalls', ARGV[5], 'emailJobAdded', ARGV[6], 'emailJobStart', ARGV[7])
if last_error or settled then
  redis.call('HDEL', KEYS[1], 'emailError', 'emailIsSettled')
end
return answer()
