-- Uses the first grant that holds of those that a browser shows, and so puts off its expiry.
-- ARGV[1]: of each the session's digest and that of the token, 64 bytes, one after the other.
-- Returns {'used', expires_at, what `granted` has after the token, which}, {'refused', reason},
-- the reason of the first.
local shown, sessions = ARGV[1], {}
for i = 1, #shown / 64 do
  sessions[i] = string.sub(shown, 64 * i - 63, 64 * i - 32)
end

local reason
-- What somebody has made up is looked at all in one go.
for i, facts in ipairs(redis.call('HMGET', GRANTED, unpack(sessions))) do
  local session = sessions[i]
  local expires_at, problem = held(session, string.sub(shown, 64 * i - 31, 64 * i), facts)
  if expires_at then
    local ends_at = tonumber(string.sub(facts, 33, 45))
    local idle_ms = tonumber(string.sub(facts, 46, 55))
    expires_at = math.min(now + idle_ms, ends_at)
    redis.call('ZADD', GRANTS, expires_at, session)
    return { 'used', expires_at, string.sub(facts, 33), i }
  end
  reason = reason or problem
end
return { 'refused', reason }
