-- Records that nobody may send an email any more, because an operator removed it.
--
-- KEYS  record         the sign-up's hash
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
--       error          why
-- Returns '0' when it is being sent, and then records nothing; else '1', and with it the status of the email if the
-- sign-up has ended by this, for the first time.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, error = unpack(ARGV)

local status, is_settled, reopened = unpack(
  redis.call('HMGET', record, 'emailStatus', 'emailIsSettled', 'reopened'))
if not status or status == 'sent' then
  return { '1' }
end
if status == 'sending' then
  return { '0' }
end
redis.call('ZREM', open_emails, id)
redis.call('ZREM', unsent_emails, id)
redis.call('HSET', record, 'emailIsWithdrawn', '1')
if is_settled == '1' then
  return { '1' }
end
status = status == 'pending' and 'failed' or status
redis.call('HSET', record, 'emailStatus', status, 'emailIsSettled', '1', 'emailError', error)
redis.pcall('PUBLISH', record, '')
return reopened and { '1' } or { '1', status }
