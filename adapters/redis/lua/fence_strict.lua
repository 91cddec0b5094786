-- SINGLE_USE=strict: the replication id names the life of this store. It changes when a
-- replica is promoted and when the server restarts, that is, whenever a redeem may have
-- been lost.
local function store_incarnation()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end
