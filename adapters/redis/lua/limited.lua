-- Counts failures, each address for itself. A key of them lives a minute longer than it must, as
-- in common.lua.
local FAILURES_KEPT_MS = 60000

-- Returns how long until another failure may be told its reason, nil where this one may.
local function limited(key, most, window_ms)
  local kept = redis.call('HMGET', key, 'count', 'ends_at')
  local failures, ends_at = tonumber(kept[1] or 0), tonumber(kept[2] or 0)
  if now >= ends_at then
    failures, ends_at = 0, now + window_ms
  end
  if failures >= most then
    return ends_at - now
  end
  -- Not having the memory to count is no reason to refuse otherwise. But nothing may be
  -- written after that: Redis lets a script that has written go on beyond its memory.
  local done = redis.pcall('HSET', key, 'count', failures + 1, 'ends_at', ends_at)
  if failures == 0 and type(done) == 'number' then
    redis.call('PEXPIRE', key, ends_at - now + FAILURES_KEPT_MS)
  end
end
