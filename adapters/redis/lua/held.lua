-- What a browser holds. The rules are those of domain/grant.py.
-- KEYS, of one client:
--   grants   sorted set  session's digest -> expires_at of its grant
--   granted  hash        session's digest -> token's digest (32 bytes), ends_at (13 digits),
--                        idle ms (10 digits), origin, a new line, what the session carried
local GRANTS, GRANTED = unpack(KEYS)
local now = store_time()

-- Judges the grant of a session by what `granted` has of it and the digest of a token. Returns
-- expires_at; nil, reason where it does not hold.
local function held(session, token, facts)
  if not facts or string.sub(facts, 1, 32) ~= token then
    return nil, 'unknown'
  end
  local expires_at = redis.call('ZSCORE', GRANTS, session)
  if not expires_at then
    return nil, 'unknown'
  elseif now >= tonumber(expires_at) then
    return nil, 'expired'
  end
  return tonumber(expires_at)
end
