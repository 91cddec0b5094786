-- Puts back the grant of a session that has none. KEYS as in use.lua; ARGV: session's digest,
-- expires_at, ends_at, what `granted` has of it.
-- Returns 1 where it was put back.
local GRANTS, GRANTED = unpack(KEYS)
local now, expires_at, ends_at = store_time(), tonumber(ARGV[2]), tonumber(ARGV[3])
if now >= expires_at or redis.call('ZSCORE', GRANTS, ARGV[1]) then
  return 0
end
redis.call('ZADD', GRANTS, expires_at, ARGV[1])
redis.call('HSET', GRANTED, ARGV[1], ARGV[4])
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < ends_at - now then
    redis.call('PEXPIRE', key, ends_at - now + 60000)
  end
end
return 1
