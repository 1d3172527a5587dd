-- KEYS: the sign-up's record. ARGV: token, status, then further fields and values.
if redis.call('HGET', KEYS[1], 'emailToken') ~= ARGV[1] then
  return 0
end
if ARGV[2] == 'unknown' then
  redis.call('HINCRBY', KEYS[1], 'emailUncertain', 1)
end
redis.call('HDEL', KEYS[1], 'emailToken')
redis.call('HSET', KEYS[1], 'emailStatus', unpack(ARGV, 2))
return 1
