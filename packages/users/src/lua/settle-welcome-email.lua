-- KEYS: the sign-up's record. ARGV: token, then fields and values.
if redis.call('HGET', KEYS[1], 'emailToken') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'emailToken')
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
