-- Puts back what a snapshot has of sessions. The rule is that of domain/snapshot.py.
-- ARGV[3]: 'used' or 'revoked' for ends that were seen, 'active' for those that are to be active
-- again, 'lost' for all others; ARGV[4]: how many; then of each expires_at, digest, payload or ''.
-- Returns how many have changed.
local state, taken, latest = ARGV[3], {}, 0
local seen = ({ used = USED, revoked = REVOKED })[state]

-- A first write that needs memory, see create.lua.
redis.call('HINCRBY', COUNTERS, 'created', 0)
keep(COUNTERS, COUNTERS_KEPT_MS)
fence()

local function is_to_change(expires_at, digest)
  if now >= expires_at + REMEMBERED_MS or remembered(USED, digest) or remembered(REVOKED, digest)
  then
    return false
  end
  return seen
    or not (expiry(ACTIVE, digest) or remembered(EXPIRED, digest) or remembered(STALE, digest))
end

for i = 5, 4 + 3 * ARGV[4], 3 do
  local expires_at, digest = tonumber(ARGV[i]), ARGV[i + 1]
  if is_to_change(expires_at, digest) then
    taken[#taken + 1] = { expires_at, digest, ARGV[i + 2] }
    latest = math.max(latest, expires_at)
  end
end

-- Into one of the sets that are remembered, and out of whichever it was in.
local function end_as(set, is_meant)
  local entries, digests, last = {}, {}, 0
  for _, one in ipairs(taken) do
    if is_meant(one[1]) then
      entries[#entries + 1], entries[#entries + 2] = one[1], one[2]
      digests[#digests + 1], last = one[2], math.max(last, one[1])
    end
  end
  if #digests > 0 then
    for _, other in ipairs({ ACTIVE, EXPIRED, STALE }) do
      redis.call('ZREM', other, unpack(digests))
    end
    redis.call('HDEL', PAYLOADS, unpack(digests))
    remember(set, last, #digests, unpack(entries))
  end
end

if #taken == 0 then
  return 0
elseif seen then
  end_as(seen, function() return true end)
elseif state == 'lost' then
  end_as(EXPIRED, function(expires_at) return now >= expires_at end)
  end_as(STALE, function(expires_at) return now < expires_at end)
else
  for _, one in ipairs(taken) do
    redis.call('ZADD', ACTIVE, one[1], one[2])
    if one[3] ~= '' then
      redis.call('HSET', PAYLOADS, one[2], one[3])
    end
  end
  -- As a create does: they are of this life of the store, and live for as long as is known.
  local kept_until = tonumber(redis.call('HGET', COUNTERS, 'kept_until') or 0)
  kept_until = math.max(kept_until, latest + REMEMBERED_MS + MINUTE_MS)
  redis.call('HSET', COUNTERS, 'kept_until', kept_until)
  keep(ACTIVE, kept_until - now)
  keep(PAYLOADS, kept_until - now)
  if incarnation then
    redis.call('HSET', COUNTERS, 'incarnation', incarnation)
  end
end
return #taken
