-- Completes a job, and in the same step the parent that waits for this job alone: the parent needs no second pass.
--
-- `move_to_finished` is BullMQ's own script as a function. It is run for the child, as always, and then for the parent,
-- which thereby ends as every job does, with BullMQ's retention, events and counts. Meanwhile the parent is among the
-- active jobs, where BullMQ does not look for a parent to wake up. An error in between would leave it there without a
-- lock. Such a job counts as stalled, and is run again: it has its second pass after all.
--
-- KEYS  what BullMQ needs to complete the child
-- ARGV  the same, and then the keys and the arguments that complete the parent
-- Returns the reply for the child, and 1 if the parent was completed, or else 0.
local child = KEYS[12]
local parent_keys, parent_args = { unpack(ARGV, 10, 23) }, { unpack(ARGV, 24) }
local active, meta, parent = parent_keys[2], parent_keys[9], parent_keys[12]
local id, timestamp, prefix = parent_args[1], parent_args[2], parent_args[7]
local parked, dependencies = prefix .. 'waiting-children', parent .. ':dependencies'

local parked_since = redis.call('ZSCORE', parked, id)
local can_complete = parked_since
  and redis.call('HEXISTS', meta, 'paused') == 0
  and redis.call('SISMEMBER', dependencies, child) == 1
  and redis.call('SCARD', dependencies) == 1
  and redis.call('EXISTS', parent .. ':unsuccessful') == 0
  -- Or else the parent still has the person's details, which its second pass removes.
  and redis.call('HGET', parent, 'data') == redis.call('HGET', child, 'data')
if not can_complete then
  return { move_to_finished(KEYS, ARGV), 0 }
end

redis.call('ZREM', parked, id)
redis.call('LPUSH', active, id)
local reply = move_to_finished(KEYS, ARGV)
if type(reply) == 'number' and reply < 0 then -- the child has another run by now, and was not changed
  redis.call('LREM', active, 1, id)
  redis.call('ZADD', parked, parked_since, id)
  return { reply, 0 }
end
redis.call('HSET', parent, 'processedOn', timestamp) -- as if a second pass had taken no time
move_to_finished(parent_keys, parent_args)
return { reply, 1 }
