-- Starts a redrive that is planned.
--
-- KEYS  redrive     its hash
--       named       the list of what it takes
-- ARGV  order       who starts it, why, and how fast: JSON
--       kept_s      how long it is kept, in seconds
--       named_kept_s  how long the list is kept
-- Returns 1, or 0 when it is not planned.
local redrive, named = unpack(KEYS)
local order, kept_s, named_kept_s = unpack(ARGV)

if redis.call('HGET', redrive, 'state') ~= 'planned' then
  return 0
end
local seconds, microseconds = unpack(redis.call('TIME'))
redis.call('HSET', redrive, 'state', 'running', 'order', order,
  'startedMs', seconds .. string.format('%03d', math.floor(microseconds / 1000)))
redis.call('EXPIRE', redrive, kept_s)
redis.call('EXPIRE', named, named_kept_s)
return 1
