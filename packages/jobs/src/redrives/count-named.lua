-- Counts one that a redrive has named, and goes on to the next.
--
-- KEYS  redrive   the redrive's hash
-- ARGV  position  which of those that are named it is, from 0 on
--       result    'taken' or 'skipped'
-- Returns 'ended' when the redrive does not run any more, 'elsewhere' when it is at another position, else the result.
local redrive = unpack(KEYS)
local position, result = unpack(ARGV)

local state, taken, skipped = unpack(redis.call('HMGET', redrive, 'state', 'taken', 'skipped'))
if state ~= 'running' then
  return 'ended'
end
if taken + skipped ~= tonumber(position) then
  return 'elsewhere'
end
redis.call('HINCRBY', redrive, result, 1)
return result
