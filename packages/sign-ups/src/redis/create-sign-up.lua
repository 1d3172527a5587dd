-- Makes the user, or the rejection when the email belongs to another user or too many have signed up. An id that was
-- decided before keeps its outcome, except that a failed one is decided anew.
--
-- KEYS  record         the sign-up's hash
--       email_index    the id of the user who has this email
--       open_emails    ids by the time their email was asked for
--       users          ids of all users
--       mailbox_count  how many users were made of this mailbox
--       domain_count   how many users were made of this domain
-- ARGV  id, name, email, locale, created_at  the user
--       is_taken                             1 if another shard has a user of this email
--       rejection_kept_s                     how long a rejection is kept, in seconds
--       mailbox_max, mailbox_ms              how many of a mailbox may be made in how many ms; 0: no limit
--       domain_max, domain_ms                the same for a domain
-- Returns the whole record: fields and values, one after the other. With it comes 'settles', if this call has rejected a
-- sign-up that had not ended before.
local record, email_index, open_emails, users, mailbox_count, domain_count = unpack(KEYS)
local id, name, email, locale, created_at, is_taken, rejection_kept_s, mailbox_max, mailbox_ms, domain_max, domain_ms = unpack(ARGV)

local outcome = redis.call('HGET', record, 'outcome')
if outcome and outcome ~= 'failed' then
  return redis.call('HGETALL', record)
end

local function reject(reason)
  local fields = { 'outcome', 'rejected', 'reason', reason }
  redis.call('HSET', record, unpack(fields))
  redis.call('EXPIRE', record, rejection_kept_s)
  redis.pcall('PUBLISH', record, '')
  return outcome and fields or { 'settles', '1', unpack(fields) }
end
local function is_full(count, max)
  return tonumber(max) > 0 and tonumber(redis.call('GET', count) or 0) >= tonumber(max)
end
local function count_one(count, max, window_ms)
  if tonumber(max) > 0 and redis.call('INCR', count) == 1 then
    redis.call('PEXPIRE', count, window_ms)
  end
end

if is_taken == '1' or redis.call('EXISTS', email_index) == 1 then
  return reject('email-taken')
end
if is_full(mailbox_count, mailbox_max) or is_full(domain_count, domain_max) then
  return reject('too-many-sign-ups')
end
count_one(mailbox_count, mailbox_max, mailbox_ms)
count_one(domain_count, domain_max, domain_ms)
-- By the clock of Redis, which all workers share.
local seconds, microseconds = unpack(redis.call('TIME'))
local now_ms = seconds .. string.format('%03d', math.floor(microseconds / 1000))
local fields = { 'outcome', 'created', 'id', id, 'name', name, 'email', email, 'locale', locale,
  'createdAt', created_at, 'emailStatus', 'pending', 'emailAttempts', '0', 'emailSince', now_ms }
if outcome == 'failed' then -- it had ended, and goes on: its next end is not its first
  fields[#fields + 1] = 'reopened'
  fields[#fields + 1] = '1'
end
redis.call('SET', email_index, id)
redis.call('ZADD', open_emails, now_ms, id)
redis.call('ZADD', users, 0, id)
redis.call('HSET', record, unpack(fields))
redis.pcall('PUBLISH', record, '')
return fields
