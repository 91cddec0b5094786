-- Many sessions to be created, of the digests that ARGV[3] holds one after the other. There
-- are 1000 at the most, for Lua cannot pass more than some 8000 arguments at once.
local DIGESTS = ARGV[3]
local WANTED = #DIGESTS / 32

local digests = {}
for i = 1, WANTED do
  digests[i] = string.sub(DIGESTS, i * 32 - 31, i * 32)
end

-- Whether any of them is.
local function is_known()
  for _, set in ipairs({ ACTIVE, USED, REVOKED, EXPIRED, STALE }) do
    local found = {}
    if redis.call('ZCARD', set) > 0 then -- else it would be a thousand answers of nothing
      found = redis.call('ZMSCORE', set, unpack(digests))
    end
    for _, expires_at in ipairs(found) do
      if expires_at and (set == ACTIVE or now < expires_at + REMEMBERED_MS) then
        return true
      end
    end
  end
  return false
end

-- Calls the command with each digest and what goes with it.
local function put(command, key, before, after)
  local arguments = {}
  for i = 1, WANTED do
    arguments[2 * i - 1] = before or digests[i]
    arguments[2 * i] = after or digests[i]
  end
  redis.call(command, key, unpack(arguments))
end

local function put_in(expires_at, payload)
  put('ZADD', ACTIVE, string.format('%.0f', expires_at), nil)
  if payload ~= '' then
    put('HSET', PAYLOADS, nil, payload)
  end
end
