-- Takes the right to send a welcome email.
--
-- KEYS  record         the sign-up's hash
--       open_emails    ids by the time their email was asked for
--       unsent_emails  ids by the time their email ended as failed or unknown
-- ARGV  id             the sign-up
--       token          names this claim
--       max_copies     how many copies may be out before only an operator may send another
--       job, start     which run this is: both grow
--       lost           how often the job was lost by a worker that died
-- Returns { kind }, and for 'claimed' the fields that the sender needs, each followed by its value; for 'blocked' the status
-- 'unknown', if the sign-up has ended by this, for the first time. Times are in ms, and by the clock of Redis, which all
-- workers share.
local record, open_emails, unsent_emails = unpack(KEYS)
local id, token, max_copies, job, start, lost = unpack(ARGV)

local seconds, microseconds = unpack(redis.call('TIME'))
local now_ms = seconds .. string.format('%03d', math.floor(microseconds / 1000))

local outcome, name, email, locale, created_at = unpack(
  redis.call('HMGET', record, 'outcome', 'name', 'email', 'locale', 'createdAt'))
local status, attempts, since, holder, is_settled, last_error, copies, copies_before, last_job, last_start, last_lost, refusals, refused_since, is_withdrawn, reopened = unpack(
  redis.call('HMGET', record, 'emailStatus', 'emailAttempts', 'emailSince', 'emailToken', 'emailIsSettled', 'emailError',
    'emailUncertain', 'emailUncertainBefore', 'emailJobAdded', 'emailJobStart', 'emailStalls',
    'emailRefusals', 'emailRefusedSince', 'emailIsWithdrawn', 'reopened'))
copies = tonumber(copies or 0)
copies_before = tonumber(copies_before or 0)

local function claimed()
  return { 'claimed', 'id', id, 'name', name, 'email', email, 'locale', locale, 'createdAt', created_at,
    'attempts', tostring(attempts), 'sinceMs', since,
    'copiesLeft', tostring(math.max(0, max_copies - (copies - copies_before) - 1)),
    'claimedMs', now_ms, unpack(refusals and { 'refusals', refusals, 'refusedSinceMs', refused_since } or {}) }
end

if outcome ~= 'created' or status == 'sent' or is_withdrawn then
  return { 'nothing-to-send' }
end
if holder == token then -- the answer to this very call was lost, and it is sent again
  return status == 'sending' and claimed() or { 'blocked' }
end
last_job, last_start = tonumber(last_job or 0), tonumber(last_start or 0)
-- Jobs are told apart by when they were added, and the clock that said so may have been ahead.
if (tonumber(job) < last_job and status == 'sending') or (tonumber(job) == last_job and tonumber(start) < last_start) then
  return { 'nothing-to-send' } -- a later run has claimed it
end
if status == 'sending' then -- the one that claimed it has died or lost the job: its message may be out
  copies = redis.call('HINCRBY', record, 'emailUncertain', 1)
  if copies - copies_before >= tonumber(max_copies) then
    redis.call('HSET', record, 'emailStatus', 'unknown', 'emailToken', token, 'emailIsSettled', '1', 'emailStalls', lost)
    redis.call('ZREM', open_emails, id)
    redis.call('ZADD', unsent_emails, now_ms, id)
    redis.pcall('PUBLISH', record, '')
    return reopened and { 'blocked' } or { 'blocked', 'unknown' }
  end
elseif is_settled == '1' then
  if tonumber(lost) > tonumber(last_lost or 0) then
    -- Its worker died before the queue knew that it is over. A run after this one was asked for.
    redis.call('HSET', record, 'emailStalls', lost, 'emailToken', token)
    return { 'blocked' }
  end
  since, copies_before = now_ms, copies
  redis.call('HSET', record, 'emailSince', since, 'emailUncertainBefore', copies, 'reopened', '1')
  redis.call('ZADD', open_emails, since, id)
  redis.call('ZREM', unsent_emails, id)
end
attempts = attempts + 1
redis.call('HSET', record, 'emailStatus', 'sending', 'emailAttempts', attempts, 'emailToken', token,
  'emailStalls', lost, 'emailJobAdded', job, 'emailJobStart', start)
if last_error or is_settled then
  redis.call('HDEL', record, 'emailError', 'emailIsSettled')
end
redis.pcall('PUBLISH', record, '')
return claimed()
