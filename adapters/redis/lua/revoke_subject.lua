-- Ends what is active, or what has a grant, of a subject. ARGV as in chosen.lua, and ARGV[9]:
-- the client's name.
-- Returns {how many, expires_at, digest of the position where it goes on, both '' where that
-- was all}.
fence()
local digests, _, last = chosen()
local told = { #digests, last and expiry(SET, last) or '', last or '' }
if #digests > 0 and OF_GRANTS then
  redis.call('ZREM', GRANTS, unpack(digests))
  redis.call('HDEL', GRANTED, unpack(digests))
  tell_ended(ARGV[9], table.concat(digests))
elseif #digests > 0 then
  local entries = {}
  for i, digest in ipairs(digests) do
    entries[2 * i - 1], entries[2 * i] = expiry(ACTIVE, digest), digest
  end
  redis.call('ZREM', ACTIVE, unpack(digests))
  redis.call('HDEL', PAYLOADS, unpack(digests))
  remember(REVOKED, entries[#entries - 1], #digests, unpack(entries))
  count(redis.call, 'revoked', #digests)
end
return told
