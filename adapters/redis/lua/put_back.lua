-- Puts back what a snapshot has of sessions. The rule is that of domain/snapshot.py.
-- ARGV[3]: 'used' or 'revoked' for ends that were seen, 'active' for those that are to be active
-- again, 'lost' for all others; ARGV[4..6]: digests, expires_at (13 digits) of each, one after the
-- other, and then what these carry, or ''.
-- Returns how many have changed.
local state, DIGESTS, EXPIRIES = ARGV[3], ARGV[4], ARGV[5]
local seen = ({ used = USED, revoked = REVOKED })[state]
local digests = {}
for i = 1, #DIGESTS / 32 do
  digests[i] = string.sub(DIGESTS, i * 32 - 31, i * 32)
end

-- A first write that needs memory, see create.lua.
redis.call('HINCRBY', COUNTERS, 'created', 0)
keep(COUNTERS, COUNTERS_KEPT_MS)
fence()

-- Which of them are in one of these sets. What is there but forgotten is so in the snapshot, too.
local known = {}
for _, set in ipairs(seen and { USED, REVOKED } or { USED, REVOKED, EXPIRED, STALE, ACTIVE }) do
  if redis.call('ZCARD', set) > 0 then
    for i, found in ipairs(redis.call('ZMSCORE', set, unpack(digests))) do
      known[i] = known[i] or found
    end
  end
end

-- The entries, digests and payloads of those that are to change, and when the last expires.
local function chosen(is_meant)
  local entries, own, payloads, latest = {}, {}, {}, 0
  for i, digest in ipairs(digests) do
    local expires_at = tonumber(string.sub(EXPIRIES, i * 13 - 12, i * 13))
    if not known[i] and now < expires_at + REMEMBERED_MS and is_meant(expires_at) then
      own[#own + 1], latest = digest, math.max(latest, expires_at)
      entries[#entries + 1], entries[#entries + 2] = expires_at, digest
      if ARGV[5 + i] and ARGV[5 + i] ~= '' then
        payloads[#payloads + 1], payloads[#payloads + 2] = digest, ARGV[5 + i]
      end
    end
  end
  return entries, own, payloads, latest
end

-- Into one of the sets that are remembered, and out of whichever it was in.
local function end_as(set, is_meant)
  local entries, own, _, latest = chosen(is_meant)
  if #own > 0 then
    for _, other in ipairs(seen and { ACTIVE, EXPIRED, STALE } or {}) do
      redis.call('ZREM', other, unpack(own))
    end
    redis.call('HDEL', PAYLOADS, unpack(own))
    remember(set, latest, #own, unpack(entries))
  end
  return #own
end

local function all()
  return true
end

if seen then
  return end_as(seen, all)
elseif state == 'lost' then
  return end_as(EXPIRED, function(expires_at) return now >= expires_at end)
    + end_as(STALE, function(expires_at) return now < expires_at end)
end

local entries, own, payloads, latest = chosen(all)
if #own > 0 then
  redis.call('ZADD', ACTIVE, unpack(entries))
  -- As a create does: they are of this life of the store, and live for as long as is known.
  local kept_until = tonumber(redis.call('HGET', COUNTERS, 'kept_until') or 0)
  kept_until = math.max(kept_until, latest + REMEMBERED_MS + MINUTE_MS)
  redis.call('HSET', COUNTERS, 'kept_until', kept_until)
  keep(ACTIVE, kept_until - now)
  if #payloads > 0 then
    redis.call('HSET', PAYLOADS, unpack(payloads))
    keep(PAYLOADS, kept_until - now)
  end
  if incarnation then
    redis.call('HSET', COUNTERS, 'incarnation', incarnation)
  end
end
return #own
