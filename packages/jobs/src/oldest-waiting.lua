-- Finds the job that waits longest for its first start.
--
-- BullMQ takes jobs from the right end of the list. It also puts there those that had started before: a parent whose child
-- has ended, a job whose worker has died. So they stand before all the others, however many they are. Where they end is
-- found by steps that double, and then by halving: the number of jobs that are read grows with the logarithm of the list.
-- A retry may stand among the others: then a job that came after it may be found in place of one that came before.
--
-- KEYS  wait        the list of the jobs that wait
-- ARGV  job_prefix  what a job's id has before it in its key, which is in the slot of the list
-- Returns when that job was added, and its delay, in ms; nothing if no job waits for its first start.
local wait = unpack(KEYS)
local job_prefix = unpack(ARGV)

local length = redis.call('LLEN', wait)

local function read(place) -- the first place is the right end
  local id = redis.call('LINDEX', wait, -place)
  local added, delay, starts = unpack(redis.call('HMGET', job_prefix .. id, 'timestamp', 'delay', 'ats'))
  return added and tonumber(starts or 0) == 0 and { added, delay or '0' }
end

local started, place, found = 0, 1, nil
while place <= length do
  found = read(place)
  if found or place == length then
    break
  end
  started, place = place, math.min(2 * place, length)
end
while found and place - started > 1 do
  local middle = math.floor((started + place) / 2)
  local earlier = read(middle)
  if earlier then
    place, found = middle, earlier
  else
    started = middle
  end
end
return found or nil
