-- ARGV[3..8]: digest, time to live (ms), cap, payload or '', how many creates are too many
-- (0: any number) in a window of how many ms. KEYS[8]: where creates are counted.
-- ARGV[9..10] and KEYS[9], where this create may come again: what is asked for, salt.
-- Returns {'created', expires_at, incarnation, creates in this window, ms to the next},
-- {'repeated', expires_at, incarnation, ms to live, digest, salt}, {'conflict', problem},
-- {'limited', ms to the next window}, {'duplicate'} or {'full', ms to the next expiry}.
local digest, ttl_ms, cap, payload = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local most, window_ms = tonumber(ARGV[7]), tonumber(ARGV[8])
local asked, salt, REPEAT = ARGV[9], ARGV[10], KEYS[9]

-- First of all a write that needs memory: after any other, Redis would not refuse it.
redis.call('HINCRBY', COUNTERS, 'created', 0)
keep(COUNTERS, COUNTERS_KEPT_MS)

local incarnation = fence()
retire(BATCH)

-- What was created by the same idempotency key, unless it was lost or has expired unused.
local function earlier()
  local kept = redis.call('HMGET', REPEAT, 'digest', 'asked', 'salt')
  if not kept[1] then
    return
  end
  local expires_at = expiry(ACTIVE, kept[1])
  local active = expires_at and now < expires_at
  local reason = not active and refusal(kept[1])
  if not active and reason ~= 'used' and reason ~= 'revoked' then
    return
  elseif kept[2] ~= asked then
    return { 'conflict', 'reused' }
  elseif not active then
    return { 'conflict', 'spent' }
  end
  return { 'repeated', expires_at, incarnation or '', expires_at - now, kept[1], kept[3] }
end

local found = REPEAT and earlier()
if found then
  return found
end

local creates, ends_at = 0, now
if most > 0 then
  creates, ends_at = window(KEYS[8], window_ms)
  if creates >= most then
    return { 'limited', ends_at - now }
  end
  count_in_window(KEYS[8], creates, ends_at)
end

if redis.call('ZSCORE', ACTIVE, digest) or refusal(digest) ~= 'unknown' then
  return { 'duplicate' }
end
-- Counted, not measured by the set's size: what retire() has not reached yet is not active.
if unexpired(ACTIVE) >= cap then
  local next = redis.call('ZRANGEBYSCORE', ACTIVE, score(now, true), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return { 'full', tonumber(next[2]) - now }
end

local expires_at = now + ttl_ms
redis.call('ZADD', ACTIVE, score(expires_at), digest)
keep(ACTIVE, ttl_ms + REMEMBERED_MS)
if payload ~= '' then
  redis.call('HSET', PAYLOADS, digest, payload)
  keep(PAYLOADS, ttl_ms + REMEMBERED_MS)
end
if incarnation then
  redis.call('HSET', COUNTERS, 'incarnation', incarnation)
end
if REPEAT then
  redis.call('HSET', REPEAT, 'digest', digest, 'asked', asked, 'salt', salt)
  redis.call('PEXPIRE', REPEAT, score(ttl_ms + REMEMBERED_MS + 60000))
end
redis.call('HINCRBY', COUNTERS, 'created', 1) -- its life was seen to above
return { 'created', expires_at, incarnation or '', creates + 1, ends_at - now }
