-- SINGLE_USE=strict: the replication id names the life of this store. It changes when a
-- replica is promoted and when the server restarts, that is, whenever a redeem may have
-- been lost. Without one there is no fence, and so there are no sessions: some services hide
-- it, or show nothing but zeros.
local function store_incarnation()
  local incarnation = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  if not incarnation or not string.find(incarnation, '[^0]') then
    error('no master_replid: SINGLE_USE=strict cannot hold here')
  end
  return incarnation
end
