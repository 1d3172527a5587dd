-- Changes the operation that has a key, or frees the key. Does nothing if another operation has the key by now.
--
-- KEYS  record        the operation that the key stands for
--       record_of_id  from the operation's id to the name of `record`
-- ARGV  id            the operation
--       operation     what it is from now on, as JSON; '' frees the key
-- Returns the state that the operation had, if it was changed.
local record, record_of_id = unpack(KEYS)
local id, operation = unpack(ARGV)

if operation == '' then
  redis.call('DEL', record_of_id)
end
local current = redis.call('GET', record)
local before = current and cjson.decode(current)
if not before or before.id ~= id then
  return
end
if operation == '' then
  redis.call('DEL', record)
else
  redis.call('SET', record, operation, 'KEEPTTL')
end
return before.state
