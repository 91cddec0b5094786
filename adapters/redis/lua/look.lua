-- Looks at the sessions of ARGV[3]: digests, one after the other.
-- Returns for each {state, expires_at or '', payload or '', expires_at of its grant or '', what
-- `granted` has of that or ''}; a state that is unknown, and a grant that has expired, is ''.
fence()

local function look_at(digest)
  local expires_at, state, payload = expiry(ACTIVE, digest), 'active', nil
  if expires_at and now < expires_at then
    payload = redis.call('HGET', PAYLOADS, digest)
  else
    state, expires_at = refusal(digest)
  end
  local told = { expires_at and state or '', expires_at or '', payload or '', '', '' }
  local holds_until = expiry(GRANTS, digest)
  if holds_until and now < holds_until then
    told[4], told[5] = holds_until, redis.call('HGET', GRANTED, digest) or ''
  end
  return told
end

local told = {}
for i = 1, #ARGV[3], 32 do
  told[#told + 1] = look_at(string.sub(ARGV[3], i, i + 31))
end
return told
