-- Finds the sessions whose digests begin with ARGV[7], in all sets where one may be.
-- ARGV[3..6]: the number of the set to go on with, a position in it, how many to look at.
-- Returns {digests one after the other} and, where there is more to look at, {..., number of
-- the set, expires_at, digest}.
local left, fingerprint = tonumber(ARGV[6]), ARGV[7]
fence()

-- A session moves from the first to one of the others, and a grant to a later expiry only: in
-- this order none gets away.
local sets = { ACTIVE, USED, REVOKED, EXPIRED, STALE, GRANTS }
local found, expires_at, digest = {}, ARGV[4], ARGV[5]
for number = tonumber(ARGV[3]), #sets do
  local set = sets[number]
  local first = rank_behind(set, expires_at, digest)
  local entries = redis.call('ZRANGE', set, first, first + left - 1)
  local all = table.concat(entries)
  local at = string.find(all, fingerprint, 1, true)
  while at do
    if at % 32 == 1 then
      found[#found + 1] = string.sub(all, at, at + 31)
    end
    at = string.find(all, fingerprint, at + 1, true)
  end
  left = left - #entries
  if left == 0 then
    local last = entries[#entries]
    return { table.concat(found), number, expiry(set, last), last }
  end
  expires_at, digest = '', ''
end
return { table.concat(found) }
