-- Lists what is active, or what has a grant. ARGV as in chosen.lua.
-- Returns {expires_at, digest of the position where it goes on, both '' where that was all},
-- then for each {digest, expires_at, payload} or {digest, expires_at of the grant, what
-- `granted` has, expires_at of the session or ''}.
fence()
local digests, facts, last = chosen()
local told = { { last and expiry(SET, last) or '', last or '' } }
for i, digest in ipairs(digests) do
  local used = OF_GRANTS and remembered(USED, digest)
  told[#told + 1] = { digest, expiry(SET, digest), facts[i], used or '' }
end
return told
