-- Records that nobody may send an email any more, because an operator removed it.
--
-- KEYS  record         the sign-up's hash
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
--       error          why
-- Returns 0 when it is being sent, and then records nothing; else 1.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, error = unpack(ARGV)

local status, is_settled = unpack(redis.call('HMGET', record, 'emailStatus', 'emailIsSettled'))
if not status or status == 'sent' then
  return 1
end
if status == 'sending' then
  return 0
end
redis.call('ZREM', open_emails, id)
redis.call('ZREM', unsent_emails, id)
redis.call('HSET', record, 'emailIsWithdrawn', '1')
if is_settled ~= '1' then
  redis.call('HSET', record, 'emailStatus', status == 'pending' and 'failed' or status, 'emailIsSettled', '1',
    'emailError', error)
  redis.pcall('PUBLISH', record, '')
end
return 1
