-- Makes the user, or the rejection when the email belongs to another user. An id that was decided before keeps its
-- outcome, except that a failed one is decided anew.
--
-- KEYS  record       the sign-up's hash
--       email_index  the id of the user who has this email
--       open_emails  ids by the time their email was asked for
--       users        ids of all users
-- ARGV  id, name, email, locale, created_at  the user
--       now_ms                               the same time, in ms
--       rejection_kept_s                     how long a rejection is kept, in seconds
-- Returns the whole record: fields and values, one after the other.
local record, email_index, open_emails, users = unpack(KEYS)
local id, name, email, locale, created_at, now_ms, rejection_kept_s = unpack(ARGV)

local outcome = redis.call('HGET', record, 'outcome')
if outcome and outcome ~= 'failed' then
  return redis.call('HGETALL', record)
end
if redis.call('SET', email_index, id, 'NX') then
  local fields = { 'outcome', 'created', 'id', id, 'name', name, 'email', email, 'locale', locale,
    'createdAt', created_at, 'emailStatus', 'pending', 'emailAttempts', '0', 'emailSince', now_ms }
  redis.call('ZADD', open_emails, now_ms, id)
  redis.call('ZADD', users, 0, id)
  redis.call('HSET', record, unpack(fields))
  return fields
end
local fields = { 'outcome', 'rejected', 'reason', 'email-taken' }
redis.call('HSET', record, unpack(fields))
redis.call('EXPIRE', record, rejection_kept_s)
return fields
