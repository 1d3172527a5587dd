-- Counts the requests of callers. A count is kept for a time that begins with its first request.
--
-- KEYS  the counts
-- ARGV  two for each of them: how many requests more, or 0 to look at it; and how long a new one is kept, in ms
-- Returns two for each of them: the count, and for how long it is still kept, in ms
local reply = {}
for index, key in ipairs(KEYS) do
  local more = tonumber(ARGV[2 * index - 1])
  local count = more == 0 and tonumber(redis.call('GET', key) or 0) or redis.call('INCRBY', key, more)
  local kept_ms = redis.call('PTTL', key)
  if kept_ms < 0 and count > 0 then
    kept_ms = tonumber(ARGV[2 * index])
    redis.call('PEXPIRE', key, kept_ms)
  end
  table.insert(reply, count)
  table.insert(reply, math.max(0, kept_ms))
end
return reply
