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
-- Returns 'deleted', 'already-deleted', or 'other-email' when the user has another email by now; and '1' with it if the
-- sign-up had not ended before.
local record, email_index, open_emails, unsent_emails, users = unpack(KEYS)
local id, email, mark_kept_s = unpack(ARGV)

local outcome, current_email, is_settled, reopened = unpack(
  redis.call('HMGET', record, 'outcome', 'email', 'emailIsSettled', 'reopened'))
if outcome == 'deleted' then
  return { 'already-deleted', '0' }
end
if outcome == 'created' and current_email ~= email then
  return { 'other-email', '0' }
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
local settles = not outcome or (outcome == 'created' and is_settled ~= '1' and not reopened)
return { 'deleted', settles and '1' or '0' }
