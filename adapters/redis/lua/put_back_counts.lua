-- Puts back what a snapshot has counted: of each number, the larger one stays.
-- ARGV[3..4]: until when it is kept, how many; then names and numbers. KEYS[8]: the hash, else the counters.
local HASH = KEYS[8] or COUNTERS
local life = KEYS[8] and ARGV[3] - now or COUNTERS_KEPT_MS
if life <= 0 then
  return
end
for i = 5, 4 + 2 * ARGV[4], 2 do
  if tonumber(redis.call('HGET', HASH, ARGV[i]) or 0) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', HASH, ARGV[i], ARGV[i + 1])
  end
end
keep(HASH, life)
