-- Ends a redrive that is running.
--
-- KEYS  redrive     its hash
--       named       the list of what it takes
-- ARGV  state       'finished', which it becomes once nothing is left, or 'stopped'
--       stopped_by  who stops it; '' for one that is finished
-- Returns 1, or 0 when it is not running, or not finished.
local redrive, named = unpack(KEYS)
local state, stopped_by = unpack(ARGV)

local current, count, taken, skipped = unpack(redis.call('HMGET', redrive, 'state', 'named', 'taken', 'skipped'))
if current ~= 'running' or (state == 'finished' and taken + skipped < tonumber(count)) then
  return 0
end
local seconds, microseconds = unpack(redis.call('TIME'))
redis.call('HSET', redrive, 'state', state,
  'endedMs', seconds .. string.format('%03d', math.floor(microseconds / 1000)))
if stopped_by ~= '' then
  redis.call('HSET', redrive, 'stoppedBy', stopped_by)
end
redis.call('DEL', named)
return 1
