-- One session to be created, of the digest ARGV[3].
local DIGESTS, WANTED = ARGV[3], 1

local function is_known()
  return expiry(ACTIVE, DIGESTS)
    or remembered(USED, DIGESTS)
    or remembered(REVOKED, DIGESTS)
    or remembered(EXPIRED, DIGESTS)
    or remembered(STALE, DIGESTS)
end

local function put_in(expires_at, payload)
  redis.call('ZADD', ACTIVE, expires_at, DIGESTS)
  if payload ~= '' then
    redis.call('HSET', PAYLOADS, DIGESTS, payload)
  end
end
