-- Records that an operator removed a sign-up, unless it was decided before. One that failed counts as not decided.
--
-- KEYS  record       the sign-up's hash
-- ARGV  mark_kept_s  how long the mark is kept, in seconds
-- Returns the outcome that holds then, and '1' with it if the sign-up had not ended before.
local record = unpack(KEYS)
local mark_kept_s = unpack(ARGV)

local outcome = redis.call('HGET', record, 'outcome')
if outcome and outcome ~= 'failed' then
  return { outcome, '0' }
end
redis.call('HSET', record, 'outcome', 'removed')
redis.call('EXPIRE', record, mark_kept_s)
redis.pcall('PUBLISH', record, '')
return { 'removed', outcome and '0' or '1' }
