-- Lets one of those who would do the same do it. KEYS: its name. ARGV: for how long (ms).
-- Returns 1 for the first, 0 for all others in that time.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'claimed', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
