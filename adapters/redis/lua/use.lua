-- Uses a grant, and so puts off its expiry. The rules are those of domain/grant.py.
-- KEYS, of one client:
--   grants   sorted set  session's digest -> expires_at of its grant
--   granted  hash        session's digest -> token's digest (32 bytes), ends_at (13 digits),
--                        idle ms (10 digits), origin, a new line, what the session carried
-- ARGV: session's digest, digest of the token that a browser holds.
-- Returns {'used', expires_at, what `granted` has after the token}, {'refused', reason}.
local GRANTS, GRANTED = unpack(KEYS)
local session, token = ARGV[1], ARGV[2]
local now = store_time()

local expires_at = redis.call('ZSCORE', GRANTS, session)
local facts = redis.call('HGET', GRANTED, session)
if not expires_at or not facts or string.sub(facts, 1, 32) ~= token then
  return { 'refused', 'unknown' }
elseif now >= tonumber(expires_at) then
  return { 'refused', 'expired' }
end
local ends_at, idle_ms = tonumber(string.sub(facts, 33, 45)), tonumber(string.sub(facts, 46, 55))
expires_at = math.min(now + idle_ms, ends_at)
redis.call('ZADD', GRANTS, expires_at, session)
return { 'used', expires_at, string.sub(facts, 33) }
