-- ARGV[3..6]: digest, time to live (ms), cap, payload or ''.
-- Returns {'created', expires_at, incarnation}, {'full', ms to the next expiry} or {'duplicate'}.
local digest, ttl_ms, cap, payload = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]

local incarnation = fence()
retire(BATCH)

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
count('created')
return { 'created', expires_at, incarnation or '' }
