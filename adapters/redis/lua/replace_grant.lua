-- Has a grant end soon, because another has taken its place; never later than it would.
-- ARGV: session's digest, digest of the token that a browser holds, the client's name, how long
-- it goes on at the most (ms).
-- Returns {'replaced', expires_at, what `granted` has after the token, 1}, {'refused', reason}.
local session, token = ARGV[1], ARGV[2]
local facts = redis.call('HGET', GRANTED, session)
local expires_at, reason = held(session, token, facts)
if not expires_at then
  return { 'refused', reason }
end
local ends_at = math.min(now + tonumber(ARGV[4]), tonumber(string.sub(facts, 33, 45)))
expires_at = math.min(expires_at, ends_at)
facts = string.format('%013.0f', ends_at) .. string.sub(facts, 46)
redis.call('HSET', GRANTED, session, token .. facts)
redis.call('ZADD', GRANTS, expires_at, session)
tell_ended(ARGV[3], session)
return { 'replaced', expires_at, facts, 1 }
