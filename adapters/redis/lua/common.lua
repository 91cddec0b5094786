-- What all scripts share. The rules are those of domain/session.py, restated here because
-- only a script can decide atomically.
--
-- KEYS, of one client and so in one slot:
--   active    sorted set   digest -> expires_at of sessions that have not ended
--   payloads  hash         digest -> what an active session carries, where it does
--   used, revoked, expired, stale
--             sorted sets  digest -> expires_at of sessions remembered by how they ended
--   counters  hash         created, redeemed: how many ever;
--                          incarnation: that of all active sessions;
--                          creates, creates_end: the window in which creates are counted;
--                          due: when a create next looks after what has expired;
--                          kept_until: until when the key `active` lives
--   counters:<day>
--             hash         <hour>:<what>:<region> -> how many, see domain/usage.py; the day is
--                          that of the store's clock since the epoch, so no caller can name the
--                          key: it has the hash tag of the others (docs/adr/0017)
-- and as KEYS[8] what the one script takes:
--   repeat:*  hash         digests, asked, salt of a create that may come again
--   failed:*  hash         count, ends_at: the window in which failures of an address are counted
-- ARGV of every script: how long (ms) after its expiry a session is remembered, how many
-- are at the most; from ARGV[3] on what the one script takes.
--
-- Times go to Redis as the numbers they are: it writes all of their 13 digits, and so does
-- Lua's `..`.

local ACTIVE, PAYLOADS, USED, REVOKED, EXPIRED, STALE, COUNTERS = unpack(KEYS)
local REMEMBERED_MS, MOST_REMEMBERED = tonumber(ARGV[1]), tonumber(ARGV[2])
local COUNTERS_KEPT_MS = 30 * 24 * 3600 * 1000
-- Keys live a minute longer than they must, so that it is the entries' own times that count
-- and never the moment a key is dropped.
local MINUTE_MS = 60000
local BATCH = 64 -- the most entries that one request drops from a set
local SPARE = BATCH / 2 -- for how many more it makes room, so that the next need not

local HOUR_MS, DAY_MS = 3600000, 86400000
local KEPT_DAYS = 90

local now = store_time()
local incarnation = store_incarnation()

-- Makes the key live at least this long; never shortens its life.
local function keep(key, ms)
  if redis.call('PTTL', key) < ms then
    redis.call('PEXPIRE', key, ms + MINUTE_MS)
  end
end

local function drop_first(set, count)
  if count > 0 then
    redis.call('ZREMRANGEBYRANK', set, 0, count - 1)
  end
end

-- Counts what has happened in the hour and the day that it is. `call` is redis.call, or
-- redis.pcall where there may be no memory to count in; nothing may be written after that.
local function count(call, what, many, region)
  local day = math.floor(now / DAY_MS)
  local key = COUNTERS .. ':' .. day
  local field = math.floor(now % DAY_MS / HOUR_MS) .. ':' .. what .. ':' .. (region or '')
  if call('HINCRBY', key, field, many) == many then
    keep(key, (day + KEPT_DAYS + 1) * DAY_MS - now)
  end
end

-- Takes in as many as `added`: expires_at, digest of each. None expires after `latest`.
-- What is to be forgotten goes several at a time, whenever the size has passed a multiple of
-- some number: until an entry is dropped, remembered() knows it for what it is.
local function remember(set, latest, added, ...)
  local life = latest + REMEMBERED_MS - now
  if life <= 0 then
    return
  end
  redis.call('ZADD', set, ...)
  keep(set, life)
  local size = redis.call('ZCARD', set)
  if size > MOST_REMEMBERED then
    drop_first(set, size - MOST_REMEMBERED + SPARE)
  elseif size % SPARE < added then
    drop_first(set, math.min(redis.call('ZCOUNT', set, '-inf', now - REMEMBERED_MS), BATCH))
  end
end

-- A session of another incarnation may have been redeemed there without this store
-- knowing: whatever was active then is stale now.
local function fence()
  if not incarnation or redis.call('HGET', COUNTERS, 'incarnation') == incarnation then
    return
  end
  if redis.call('EXISTS', ACTIVE) == 1 then
    if redis.call('ZCARD', STALE) > MOST_REMEMBERED then
      redis.call('UNLINK', STALE)
    end
    local life = math.max(redis.call('PTTL', ACTIVE), redis.call('PTTL', STALE))
    redis.call('ZUNIONSTORE', STALE, 2, STALE, ACTIVE, 'AGGREGATE', 'MAX')
    redis.call('PEXPIRE', STALE, life)
    redis.call('UNLINK', ACTIVE, PAYLOADS)
    drop_first(STALE, redis.call('ZCARD', STALE) - MOST_REMEMBERED)
    redis.call('HSET', COUNTERS, 'incarnation', incarnation)
    keep(COUNTERS, COUNTERS_KEPT_MS)
  end
end

local function expiry(set, digest)
  local found = redis.call('ZSCORE', set, digest)
  return found and tonumber(found)
end

-- An entry that nothing has dropped yet may be forgotten all the same.
local function remembered(set, digest)
  local expires_at = expiry(set, digest)
  return expires_at and now < expires_at + REMEMBERED_MS and expires_at
end

-- Why a session that is not active cannot be ended, and when it expires or has.
local function refusal(digest)
  local used, revoked = remembered(USED, digest), remembered(REVOKED, digest)
  local expired = remembered(EXPIRED, digest) or remembered(ACTIVE, digest)
  local stale = remembered(STALE, digest)
  if used then
    return 'used', used
  elseif revoked then
    return 'revoked', revoked
  elseif expired or (stale and now >= stale) then
    return 'expired', expired or stale
  end
  return stale and 'stale' or 'unknown', stale
end
