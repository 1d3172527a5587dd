-- Removes all there is of a sign-up, and leaves the mark `deleted`.
--
-- KEYS  record         the sign-up's hash
--       email_index    the id of the user who has the email
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
--       users          ids of all users
-- ARGV  id             the sign-up
--       email          the email that email_index is of: it was read before, and may have changed since
--       mark_kept_s    how long the mark is kept, in seconds
-- Returns 'deleted', 'already-deleted', or 'other-email' when the user has another email by now.
local record, email_index, open_emails, unsent_emails, users = unpack(KEYS)
local id, email, mark_kept_s = unpack(ARGV)

local outcome, current_email = unpack(redis.call('HMGET', record, 'outcome', 'email'))
if outcome == 'deleted' then
  return 'already-deleted'
end
if outcome == 'created' and current_email ~= email then
  return 'other-email'
end
if redis.call('GET', email_index) == id then
  redis.call('DEL', email_index)
end
redis.call('ZREM', open_emails, id)
redis.call('ZREM', unsent_emails, id)
redis.call('ZREM', users, id)
redis.call('DEL', record)
redis.call('HSET', record, 'outcome', 'deleted')
redis.call('EXPIRE', record, mark_kept_s)
redis.pcall('PUBLISH', record, '')
return 'deleted'
