-- Adds to the counts of an hour.
--
-- KEYS  counts      the hash of this hour
-- ARGV  added       an object of JSON: how much to add to each count, by its name
--       most        how many counts the hash may have; more are added up as 'other', below the first word of their names
--       kept_s      how long the hash is kept, in seconds
-- Returns nothing.
local counts = unpack(KEYS)
local added, most, kept_s = unpack(ARGV)

local size = redis.call('HLEN', counts)
for name, number in pairs(cjson.decode(added)) do
  if redis.call('HEXISTS', counts, name) == 0 then
    if size >= tonumber(most) then
      name = string.match(name, '^%S+') .. ' other'
    else
      size = size + 1
    end
  end
  redis.call('HINCRBY', counts, name, number)
end
redis.call('EXPIRE', counts, kept_s)
