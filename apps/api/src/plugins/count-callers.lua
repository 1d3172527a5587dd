-- Counts requests of callers, in their order. A count is kept for a time that begins with its first request.
--
-- KEYS  for each request the count of its caller
-- ARGV  two for each request: 1 to count it, or 0 to look at the count; and how long a new count is kept, in ms
-- Returns for each request the count, and for how long that is still kept, in ms

-- Many may be of one caller. Redis, its file and its replicas have each caller once.
local made = {}
for index, key in ipairs(KEYS) do
  made[key] = (made[key] or 0) + ARGV[2 * index - 1]
end

local counts, kept_ms, reply = {}, {}, {}
for index, key in ipairs(KEYS) do
  if not counts[key] then
    local count = made[key] > 0 and redis.call('INCRBY', key, made[key]) or tonumber(redis.call('GET', key) or 0)
    local left_ms = redis.call('PTTL', key)
    if left_ms < 0 and count > 0 then
      left_ms = tonumber(ARGV[2 * index])
      redis.call('PEXPIRE', key, left_ms)
    end
    counts[key], kept_ms[key] = count - made[key], math.max(0, left_ms)
  end
  counts[key] = counts[key] + ARGV[2 * index - 1]
  reply[index] = { counts[key], kept_ms[key] }
end
return reply
