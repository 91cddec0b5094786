-- Uses a grant, and so puts off its expiry.
-- ARGV: session's digest, digest of the token that a browser holds.
-- Returns {'used', expires_at, what `granted` has after the token}, {'refused', reason}.
local session = ARGV[1]
local expires_at, facts = held(session, ARGV[2])
if not expires_at then
  return { 'refused', facts }
end
local ends_at, idle_ms = tonumber(string.sub(facts, 33, 45)), tonumber(string.sub(facts, 46, 55))
expires_at = math.min(now + idle_ms, ends_at)
redis.call('ZADD', GRANTS, expires_at, session)
return { 'used', expires_at, string.sub(facts, 33) }
