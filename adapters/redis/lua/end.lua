-- The transitions active -> used and active -> revoked.
-- ARGV[3..6]: digest, 'used' or 'revoked', how many failures are too many (0: any number)
-- in a window of how many ms. KEYS[8]: where failures are counted, if they are.
-- Returns {'ended', expires_at, incarnation, payload or ''}, {'refused', reason} or, for a
-- failure too many, {'limited', ms to the next window}.
local digest, ended = ARGV[3], ARGV[4]
local most, window_ms = tonumber(ARGV[5]), tonumber(ARGV[6])

local incarnation = fence()
retire(BATCH)

local expires_at = expiry(ACTIVE, digest)
if not expires_at or now >= expires_at then
  local reason = refusal(digest)
  if most > 0 then
    local failures, ends_at = window(KEYS[8], window_ms)
    if failures >= most then
      return { 'limited', ends_at - now }
    end
    count_in_window(KEYS[8], failures, ends_at)
  end
  return { 'refused', reason }
end

local payload = redis.call('HGET', PAYLOADS, digest)
redis.call('ZREM', ACTIVE, digest)
if payload then
  redis.call('HDEL', PAYLOADS, digest)
end
if ended == 'used' then
  remember(USED, digest, expires_at)
  count('redeemed')
else
  remember(REVOKED, digest, expires_at)
end
return { 'ended', expires_at, incarnation or '', payload or '' }
