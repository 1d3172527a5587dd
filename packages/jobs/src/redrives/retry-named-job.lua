-- Has one job run again that a redrive has named, counts it, and goes on to the next. All in one step: whatever dies or
-- runs twice, the job is retried at most once for the failure that was named, and what is counted is what was done.
--
-- KEYS  those of BullMQ's own script, of which the third is the set of failed jobs, and after them
--       redrive    the redrive's hash
-- ARGV  those of BullMQ's own script, of which the first is the id of the job, and after them
--       position   which of those that are named it is, from 0 on
--       failed_at  when it failed, in ms since 1970
-- Returns 'ended' when the redrive does not run any more, 'elsewhere' when it is at another position, else 'taken', or
-- 'skipped' when the job is not there any more, or has not failed, or has failed at another time.
local failed_jobs, redrive = KEYS[3], KEYS[#KEYS]
local id, position, failed_at = ARGV[1], ARGV[#ARGV - 1], ARGV[#ARGV]

local state, taken, skipped = unpack(redis.call('HMGET', redrive, 'state', 'taken', 'skipped'))
if state ~= 'running' then
  return 'ended'
end
if taken + skipped ~= tonumber(position) then
  return 'elsewhere'
end
-- The first write, since Redis refuses this one when it is full, and a script only at its first write.
redis.call('HSET', redrive, 'taken', taken)

local function reprocess_job()
  -- BullMQ's own script
end
local score = redis.call('ZSCORE', failed_jobs, id)
local is_taken = score and tonumber(score) == tonumber(failed_at) and reprocess_job() == 1
local result = is_taken and 'taken' or 'skipped'
redis.call('HINCRBY', redrive, result, 1)
return result
