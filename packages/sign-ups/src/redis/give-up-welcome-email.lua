-- Records that nobody will try an email again.
--
-- KEYS  record         the sign-up's hash
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
--       error          why
--       lost           how often its job was lost by a worker that died; '' if that is not known
-- Returns the status of the email if the sign-up has ended by this, for the first time.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, error, lost = unpack(ARGV)

redis.call('ZREM', open_emails, id)
local status, is_settled, reopened = unpack(
  redis.call('HMGET', record, 'emailStatus', 'emailIsSettled', 'reopened'))
if not status or status == 'sent' then
  return
end
if lost ~= '' then -- a run that was not lost more often was asked for
  redis.call('HSET', record, 'emailStalls', lost)
end
if is_settled == '1' then
  return
end
if status == 'pending' then
  status = 'failed'
elseif status == 'sending' then
  status = 'unknown'
  redis.call('HINCRBY', record, 'emailUncertain', 1)
end
redis.call('HSET', record, 'emailStatus', status, 'emailToken', '', 'emailIsSettled', '1', 'emailError', error)
local seconds, microseconds = unpack(redis.call('TIME'))
local now_ms = seconds .. string.format('%03d', math.floor(microseconds / 1000))
redis.call('ZADD', unsent_emails, now_ms, id)
redis.pcall('PUBLISH', record, '')
return not reopened and status or nil
