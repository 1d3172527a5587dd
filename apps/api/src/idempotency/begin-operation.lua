-- Takes a key for an operation, unless another operation has it.
--
-- KEYS  record        the operation that the key stands for
--       record_of_id  from the operation's id to the name of `record`
-- ARGV  operation     as JSON
--       kept_s        how long a key is kept, in seconds
-- Returns nil, or the operation that has the key.
local record, record_of_id = unpack(KEYS)
local operation, kept_s = unpack(ARGV)

local earlier = redis.call('GET', record)
if earlier then
  return earlier
end
redis.call('SET', record, operation, 'EX', kept_s)
redis.call('SET', record_of_id, record, 'EX', kept_s)
return nil
