-- Opens the sessions of ARGV[3], all or none: one.lua or many.lua says how they are looked
-- for and put in.
-- ARGV[3..8]: digests, time to live (ms), cap, payload or '', how many creates are too many
-- (0: any number) in a window of how many ms.
-- ARGV[9..10] and KEYS[8], where this create may come again: what is asked for, salt.
-- Returns {'created', expires_at, incarnation, creates in this window, ms to the next},
-- {'repeated', expires_at, incarnation, ms to live, digests, salt}, {'conflict', problem},
-- {'limited', ms to the next window, creates left in this one}, {'duplicate'} or
-- {'full', ms until enough have expired}.
local ttl_ms, cap, payload = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local most, window_ms = tonumber(ARGV[7]), tonumber(ARGV[8])
local A_SECOND_MS = 1000
local asked, salt, REPEAT = ARGV[9], ARGV[10], KEYS[8]

-- One look at all that is kept of the client beside its sessions.
local kept = redis.call('HMGET', COUNTERS,
  'incarnation', 'created', 'creates', 'creates_end', 'due', 'kept_until')
local created = tonumber(kept[2] or 0)
local creates, creates_end = tonumber(kept[3] or 0), tonumber(kept[4] or 0)
local due, kept_until = tonumber(kept[5] or 0), tonumber(kept[6] or 0)

-- What was created by the same idempotency key, unless it was lost or has expired unused.
local function earlier()
  local first = redis.call('HMGET', REPEAT, 'digests', 'asked', 'salt')
  local several, active, spent, expires_at = #(first[1] or '') / 32, 0, false, nil
  for i = 1, several do
    local digest = string.sub(first[1], i * 32 - 31, i * 32)
    local found = expiry(ACTIVE, digest)
    if found and now < found then
      active, expires_at = active + 1, found
    else
      local reason = refusal(digest)
      spent = spent or reason == 'used' or reason == 'revoked'
    end
  end
  if active == 0 and not spent then
    return
  elseif first[2] ~= asked then
    return { 'conflict', 'reused' }
  elseif active < several then
    return { 'conflict', 'spent' }
  end
  return { 'repeated', expires_at, incarnation or '', expires_at - now, first[1], first[3] }
end

-- The first write of all has to be one that needs memory: after any other, Redis would not
-- refuse it. Here it is one that changes nothing, elsewhere the first that there is.
if now >= due or (incarnation and incarnation ~= kept[1]) then
  redis.call('HINCRBY', COUNTERS, 'created', 0)
  keep(COUNTERS, COUNTERS_KEPT_MS)
  fence()
  local all = retire(BATCH) < BATCH
  redis.call('HSET', COUNTERS, 'due', all and now + A_SECOND_MS or now)
  if incarnation then
    redis.call('HSET', COUNTERS, 'incarnation', incarnation)
  end
end

local found = REPEAT and earlier()
if found then
  return found
end

if most > 0 then
  local window_is_new = now >= creates_end
  if window_is_new then
    creates, creates_end = 0, now + window_ms
  end
  if creates + WANTED > most then
    return { 'limited', creates_end - now, math.max(0, most - creates) }
  end
  creates = creates + WANTED
  if window_is_new then
    redis.call('HSET', COUNTERS, 'creates', creates, 'creates_end', creates_end)
  end
end

local function refuse(...)
  redis.call('HSET', COUNTERS, 'creates', creates)
  return { ... }
end

if is_known() then
  return refuse('duplicate')
end
-- What has expired and not been moved yet is not active. As long as there is room beside it
-- all the same, it need not be told apart.
local standing = redis.call('ZCARD', ACTIVE)
if standing + WANTED > cap then
  local active = unexpired(ACTIVE)
  if active + WANTED > cap then
    local lacking, after = math.min(active + WANTED - cap, active), '(' .. now
    local last = redis.call('ZRANGEBYSCORE', ACTIVE, after, '+inf', 'WITHSCORES',
      'LIMIT', lacking - 1, 1)
    count(redis.call, 'cap_reached', 1)
    return refuse('full', last[2] and last[2] - now or 0)
  end
end

local expires_at = now + ttl_ms
put_in(expires_at, payload)
redis.call('HSET', COUNTERS, 'created', created + WANTED, 'creates', creates)
count(redis.call, 'created', WANTED)
local ends = expires_at + REMEMBERED_MS
if kept_until < ends then
  kept_until = ends + MINUTE_MS
  redis.call('HSET', COUNTERS, 'kept_until', kept_until)
  standing = 0
end
if standing == 0 then -- the key is new, or its life too short
  redis.call('PEXPIRE', ACTIVE, kept_until - now)
end
if payload ~= '' then
  keep(PAYLOADS, ttl_ms + REMEMBERED_MS)
end
if REPEAT then
  redis.call('HSET', REPEAT, 'digests', DIGESTS, 'asked', asked, 'salt', salt)
  redis.call('PEXPIRE', REPEAT, ttl_ms + REMEMBERED_MS + MINUTE_MS)
end
return { 'created', expires_at, incarnation or '', creates, creates_end - now }
