-- Counts requests of callers, one after the other. A count is kept for a time that begins with its first request.
--
-- KEYS  for each request the count of its caller
-- ARGV  two for each request: 1 to count it, or 0 to look at the count; and how long a new count is kept, in ms
-- Returns for each request the count, and for how long that is still kept, in ms
local reply = {}
for index, key in ipairs(KEYS) do
  local is_counted, duration_ms = ARGV[2 * index - 1] == '1', tonumber(ARGV[2 * index])
  local count = is_counted and redis.call('INCR', key) or tonumber(redis.call('GET', key) or 0)
  local kept_ms = redis.call('PTTL', key)
  if kept_ms < 0 and count > 0 then
    kept_ms = duration_ms
    redis.call('PEXPIRE', key, kept_ms)
  end
  reply[index] = { count, math.max(0, kept_ms) }
end
return reply
