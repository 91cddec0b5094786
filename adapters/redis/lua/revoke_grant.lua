-- Ends the grant of a session. KEYS as in held.lua; ARGV: session's digest, client's name.
-- Returns 1 where there was one. It is told in any case: who asks again may do so because
-- what was told the first time has not arrived.
local GRANTS, GRANTED = unpack(KEYS)
local expires_at = redis.call('ZSCORE', GRANTS, ARGV[1])
redis.call('ZREM', GRANTS, ARGV[1])
redis.call('HDEL', GRANTED, ARGV[1])
tell_ended(ARGV[2], ARGV[1])
return expires_at and store_time() < tonumber(expires_at) and 1 or 0
