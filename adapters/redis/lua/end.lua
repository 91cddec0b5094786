-- The transitions active -> used and active -> revoked, and redeems that were refused before.
-- ARGV[3..6]: digest, 'used' or 'revoked' or the reason of that refusal, how many failures are
-- too many (0: any number) in a window of how many ms. The last of KEYS: where failures are
-- counted, if they are. ARGV[7]: the region that is counted, or ''.
-- ARGV[8..11] and KEYS[8..9] (see held.lua), where the winner gets a grant: its token's digest,
-- how long it lives (ms) and how long unused, origin; else ARGV[8] is ''.
-- Returns {'ended', expires_at, incarnation, payload or ''}, {'refused', reason} or, for a
-- failure too many, {'limited', ms to the next window}.
local digest, ended, region = ARGV[3], ARGV[4], ARGV[7]

fence()

-- Every grant drops some that have expired, so that there are never many more than live.
local function grant(grants, granted, payload)
  local gone = redis.call('ZRANGEBYSCORE', grants, '-inf', now, 'LIMIT', 0, BATCH)
  if #gone > 0 then
    redis.call('ZREM', grants, unpack(gone))
    redis.call('HDEL', granted, unpack(gone))
  end
  local ttl_ms, idle_ms = tonumber(ARGV[9]), tonumber(ARGV[10])
  -- Not by format's %s, which ends a text at its first NUL.
  local facts = ARGV[8] .. string.format('%013.0f%010.0f', now + ttl_ms, idle_ms)
    .. ARGV[11] .. '\n' .. payload
  redis.call('ZADD', grants, now + math.min(ttl_ms, idle_ms), digest)
  redis.call('HSET', granted, digest, facts)
  keep(grants, ttl_ms)
  keep(granted, ttl_ms)
end

local function refuse(reason)
  local most = tonumber(ARGV[5])
  local wait = most > 0 and limited(KEYS[#KEYS], most, tonumber(ARGV[6]))
  if wait then
    return { 'limited', wait }
  end
  if ended ~= 'revoked' then
    count(redis.pcall, 'refused_' .. reason, 1, region)
  end
  return { 'refused', reason }
end

if ended ~= 'used' and ended ~= 'revoked' then
  return refuse(ended)
end
local expires_at = expiry(ACTIVE, digest)
if not expires_at or now >= expires_at then
  return refuse((refusal(digest)))
end

local payload = redis.call('HGET', PAYLOADS, digest)
redis.call('ZREM', ACTIVE, digest)
if payload then
  redis.call('HDEL', PAYLOADS, digest)
end
if ended == 'used' then
  remember(USED, expires_at, 1, expires_at, digest)
  -- The create has seen to the life of the counters, unless somebody has deleted them since.
  if redis.call('HINCRBY', COUNTERS, 'redeemed', 1) == 1 then
    keep(COUNTERS, COUNTERS_KEPT_MS)
  end
  count(redis.call, 'redeemed', 1, region)
  if ARGV[8] ~= '' then
    grant(KEYS[8], KEYS[9], payload or '')
  end
else
  remember(REVOKED, expires_at, 1, expires_at, digest)
  count(redis.call, 'revoked', 1)
end
return { 'ended', expires_at, incarnation or '', payload or '' }
