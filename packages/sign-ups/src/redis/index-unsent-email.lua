-- Puts an email that ended as failed or unknown among those that were not sent, if it is missing there: it ended before they
-- were kept. When it ended is not known; when it was asked for is.
--
-- KEYS  record         the sign-up's hash
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
-- Returns nothing.
local record, unsent_emails = unpack(KEYS)
local id = unpack(ARGV)

local status, is_settled, since, is_withdrawn = unpack(
  redis.call('HMGET', record, 'emailStatus', 'emailIsSettled', 'emailSince', 'emailIsWithdrawn'))
if (status == 'failed' or status == 'unknown') and is_settled == '1' and not is_withdrawn then
  redis.call('ZADD', unsent_emails, 'NX', since or 0, id)
end
