-- Records that nobody will try an email again.
--
-- KEYS  record         the sign-up's hash
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
--       error          why
-- Returns nothing.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, error = unpack(ARGV)

redis.call('ZREM', open_emails, id)
local status, is_settled = unpack(redis.call('HMGET', record, 'emailStatus', 'emailIsSettled'))
if not status or is_settled == '1' then
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
