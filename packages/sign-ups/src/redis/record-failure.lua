-- Records that a sign-up failed, unless it has an outcome already.
--
-- KEYS  record  the sign-up's hash
-- Returns 1 if the sign-up has ended by this, else 0.
local record = unpack(KEYS)

local is_new = redis.call('HSETNX', record, 'outcome', 'failed')
if is_new == 1 then
  redis.pcall('PUBLISH', record, '')
end
return is_new
