-- KEYS: active, and what remembers that this session was used. ARGV: id.
-- Returns 1 for the one caller who wins, 0 for all others.
local now = tonumber(redis.call('TIME')[1])
local expires_at = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if now >= expires_at then
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], 1, 'EX', expires_at - now)
return 1
