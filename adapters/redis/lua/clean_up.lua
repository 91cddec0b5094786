-- Forgets what has reached its expiry, a bounded number a call.
-- ARGV[3]: the most entries to take from one set.
-- Returns {removed, remaining, 1 where there is more to do}.
local most = tonumber(ARGV[3])
fence()
local more = retire(most) == most

local removed = 0
for _, set in ipairs({ USED, REVOKED, EXPIRED, STALE }) do
  -- What has been forgotten by time already is dropped, but no longer counts.
  local forgotten = math.min(redis.call('ZCOUNT', set, '-inf', now - REMEMBERED_MS), most)
  drop_first(set, forgotten)
  local due = redis.call('ZCOUNT', set, '-inf', now)
  local dropped = math.min(due, most - forgotten)
  drop_first(set, dropped)
  removed = removed + dropped
  more = more or dropped < due
end
return { removed, unexpired(ACTIVE) + unexpired(USED), more and 1 or 0 }
