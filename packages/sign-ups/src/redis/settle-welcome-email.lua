-- Records how a claimed sending ended.
--
-- KEYS  record          the sign-up's hash
--       open_emails     ids by the time their email was asked for
--       unsent_emails   ids by the time their email ended as failed or unknown
-- ARGV  id              the sign-up
--       token           the claim
--       status          'pending', 'sent', 'failed' or 'unknown'
--       is_final        '1' when only an operator will have it tried again, else '0'
--       counts_attempt  '1' when a mail server was asked, else '0'
--       message_id, sent_at, error, refusals, refused_since_ms   further facts; '' for one that there is not
-- Returns 0 when the token no longer has the claim; 2 when the sign-up has ended by this, for the first time; else 1.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, token, status, is_final, counts_attempt, message_id, sent_at, error, refusals, refused_since_ms = unpack(ARGV)

local holder, current, refused_before, reopened = unpack(
  redis.call('HMGET', record, 'emailToken', 'emailStatus', 'emailRefusals', 'reopened'))
if holder ~= token or current ~= 'sending' then
  return 0
end
-- The empty token has no holder.
local fields = { 'emailToken', '', 'emailStatus', status, 'emailIsSettled', is_final }
local function add(name, value)
  if value ~= '' then
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end
add('emailMessageId', message_id)
add('emailSentAt', sent_at)
add('emailError', error)
add('emailRefusals', refusals)
add('emailRefusedSince', refused_since_ms)
redis.call('HSET', record, unpack(fields))
if refused_before and refusals == '' then
  redis.call('HDEL', record, 'emailRefusals', 'emailRefusedSince')
end
if status == 'unknown' then
  redis.call('HINCRBY', record, 'emailUncertain', 1)
end
if counts_attempt == '0' then
  redis.call('HINCRBY', record, 'emailAttempts', -1)
end
if is_final == '1' then
  redis.call('ZREM', open_emails, id)
  if status ~= 'sent' then
    local seconds, microseconds = unpack(redis.call('TIME'))
    local now_ms = seconds .. string.format('%03d', math.floor(microseconds / 1000))
    redis.call('ZADD', unsent_emails, now_ms, id)
  end
end
if status == 'sent' then -- nobody will claim it again
  redis.call('HDEL', record, 'emailToken', 'emailSince', 'emailStalls', 'emailJobAdded', 'emailJobStart',
    'emailUncertainBefore')
end
redis.pcall('PUBLISH', record, '')
return (is_final == '1' and not reopened) and 2 or 1
