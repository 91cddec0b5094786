-- The store's own clock decides over expiry: milliseconds since the epoch.
local function store_time()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
