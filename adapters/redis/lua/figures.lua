-- Returns {active, used, created, redeemed}.
fence()
retire(BATCH)
local counted = redis.call('HMGET', COUNTERS, 'created', 'redeemed')
return { unexpired(ACTIVE), unexpired(USED), tonumber(counted[1] or 0), tonumber(counted[2] or 0) }
