-- Records that a sign-up failed, unless it has an outcome already.
--
-- KEYS  record  the sign-up's hash
-- Returns nothing.
local record = unpack(KEYS)

if redis.call('HSETNX', record, 'outcome', 'failed') == 1 then
  redis.pcall('PUBLISH', record, '')
end
