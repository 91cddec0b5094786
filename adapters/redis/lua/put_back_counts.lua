-- Puts back what a snapshot has counted: of each number, the larger one stays.
-- ARGV[3]: of which day since the epoch, or '' for what is counted for good; ARGV[4]: how many;
-- then names and numbers.
local day = tonumber(ARGV[3])
local HASH = day and COUNTERS .. ':' .. ARGV[3] or COUNTERS
local life = day and (day + KEPT_DAYS + 1) * DAY_MS - now or COUNTERS_KEPT_MS
if life <= 0 then
  return
end
for i = 5, 4 + 2 * ARGV[4], 2 do
  if tonumber(redis.call('HGET', HASH, ARGV[i]) or 0) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', HASH, ARGV[i], ARGV[i + 1])
  end
end
keep(HASH, life)
