-- What all scripts share. The rules are those of domain/session.py, restated here because
-- only a script can decide atomically.
--
-- KEYS, of one client and so in one slot:
--   active    sorted set   digest -> expires_at of sessions that have not ended
--   payloads  hash         digest -> what an active session carries, where it does
--   used, revoked, expired, stale
--             sorted sets  digest -> expires_at of sessions remembered by how they ended
--   counters  hash         created, redeemed, incarnation
-- and from KEYS[8] on what the one script takes:
--   creates   hash         count, ends_at of the window in which creates are counted
--   failed:*  hash         the same for the failed redeems of one address
--   repeat:*  hash         digest, asked, salt of a create that may come again
-- ARGV of every script: how long (ms) after its expiry a session is remembered, how many
-- are at the most; from ARGV[3] on what the one script takes.

local ACTIVE, PAYLOADS, USED, REVOKED, EXPIRED, STALE, COUNTERS = unpack(KEYS)
local REMEMBERED_MS, MOST_REMEMBERED = tonumber(ARGV[1]), tonumber(ARGV[2])
local COUNTERS_KEPT_MS = 30 * 24 * 3600 * 1000
local BATCH = 64 -- the most entries that one request drops from a set

local now = store_time()

local function score(ms, exclusive)
  return (exclusive and '(' or '') .. string.format('%.0f', ms)
end

-- Makes the key live at least this long; never shortens its life. A minute is added, so
-- that it is the entries' own times that count and never the moment a key is dropped.
local function keep(key, ms)
  if redis.call('PTTL', key) < ms then
    redis.call('PEXPIRE', key, score(ms + 60000))
  end
end

local function unexpired(set)
  return redis.call('ZCOUNT', set, score(now, true), '+inf')
end

local function drop_first(set, count)
  if count > 0 then
    redis.call('ZREMRANGEBYRANK', set, 0, count - 1)
  end
end

local function remember(set, digest, expires_at)
  local life = expires_at + REMEMBERED_MS - now
  if life <= 0 then
    return
  end
  redis.call('ZADD', set, score(expires_at), digest)
  keep(set, life)
  local forgotten = redis.call('ZCOUNT', set, '-inf', score(now - REMEMBERED_MS))
  local surplus = redis.call('ZCARD', set) - MOST_REMEMBERED
  drop_first(set, math.min(math.max(forgotten, surplus), BATCH))
end

local function count(field)
  redis.call('HINCRBY', COUNTERS, field, 1)
  keep(COUNTERS, COUNTERS_KEPT_MS)
end

-- The window of time in which something is counted: how often so far, and when it ends.
local function window(key, window_ms)
  local kept = redis.call('HMGET', key, 'count', 'ends_at')
  local ends_at = tonumber(kept[2] or 0)
  if now < ends_at then
    return tonumber(kept[1]), ends_at
  end
  return 0, now + window_ms
end

-- Not having the memory to count is no reason to refuse what is being counted. But nothing
-- may be written after that: Redis lets a script that has written go on beyond its memory.
local function count_in_window(key, so_far, ends_at)
  local done = redis.pcall('HSET', key, 'count', so_far + 1, 'ends_at', score(ends_at))
  if so_far == 0 and type(done) == 'number' then
    redis.call('PEXPIRE', key, score(ends_at - now + 60000))
  end
end

-- A session of another incarnation may have been redeemed there without this store
-- knowing: whatever was active then is stale now.
local function fence()
  local incarnation = store_incarnation()
  if not incarnation or redis.call('HGET', COUNTERS, 'incarnation') == incarnation then
    return incarnation
  end
  if redis.call('EXISTS', ACTIVE) == 1 then
    if redis.call('ZCARD', STALE) > MOST_REMEMBERED then
      redis.call('UNLINK', STALE)
    end
    local life = math.max(redis.call('PTTL', ACTIVE), redis.call('PTTL', STALE))
    redis.call('ZUNIONSTORE', STALE, 2, STALE, ACTIVE, 'AGGREGATE', 'MAX')
    redis.call('PEXPIRE', STALE, score(life))
    redis.call('UNLINK', ACTIVE, PAYLOADS)
    drop_first(STALE, redis.call('ZCARD', STALE) - MOST_REMEMBERED)
    redis.call('HSET', COUNTERS, 'incarnation', incarnation)
    keep(COUNTERS, COUNTERS_KEPT_MS)
  end
  return incarnation
end

-- Expiry needs no loop of its own: every script first moves what has expired.
local function retire(most)
  local due = redis.call('ZRANGEBYSCORE', ACTIVE, '-inf', score(now), 'WITHSCORES', 'LIMIT', 0, most)
  for i = 1, #due, 2 do
    redis.call('ZREM', ACTIVE, due[i])
    redis.call('HDEL', PAYLOADS, due[i])
    remember(EXPIRED, due[i], tonumber(due[i + 1]))
  end
  return #due / 2
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

-- Why a session that is not active cannot be ended.
local function refusal(digest)
  local used, revoked = remembered(USED, digest), remembered(REVOKED, digest)
  local expired = remembered(EXPIRED, digest) or remembered(ACTIVE, digest)
  local stale = remembered(STALE, digest)
  if used then
    return 'used'
  elseif revoked then
    return 'revoked'
  elseif expired or (stale and now >= stale) then
    return 'expired'
  end
  return stale and 'stale' or 'unknown'
end
