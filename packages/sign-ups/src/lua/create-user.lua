-- KEYS: the sign-up's record, the email's index, the unwelcomed, the users.
-- ARGV: id, name, email, locale, createdAt, the same in ms, seconds a rejection is kept. Returns the whole record.
local decided = redis.call('HGET', KEYS[1], 'outcome')
if decided and decided ~= 'failed' then
  return redis.call('HGETALL', KEYS[1])
end
local record
if redis.call('SET', KEYS[2], ARGV[1], 'NX') then
  record = { 'outcome', 'created', 'id', ARGV[1], 'name', ARGV[2], 'email', ARGV[3], 'locale', ARGV[4],
    'createdAt', ARGV[5], 'emailStatus', 'pending', 'emailAttempts', '0', 'emailSince', ARGV[6] }
  redis.call('ZADD', KEYS[3], ARGV[6], ARGV[1])
  redis.call('ZADD', KEYS[4], 0, ARGV[1])
  redis.call('HSET', KEYS[1], unpack(record))
else
  record = { 'outcome', 'rejected', 'reason', 'email-taken' }
  redis.call('HSET', KEYS[1], unpack(record))
  redis.call('EXPIRE', KEYS[1], ARGV[7])
end
return record
