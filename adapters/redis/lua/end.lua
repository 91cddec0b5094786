-- The transitions active -> used and active -> revoked.
-- ARGV[3..4]: digest, 'used' or 'revoked'.
-- Returns {'ended', expires_at, incarnation, payload or ''} or {'refused', reason}.
local digest, ended = ARGV[3], ARGV[4]

local incarnation = fence()
retire(BATCH)

local expires_at = expiry(ACTIVE, digest)
if not expires_at or now >= expires_at then
  return { 'refused', refusal(digest) }
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
