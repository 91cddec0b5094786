-- SINGLE_USE=strict: the replication id names the life of this store. It changes when a
-- replica is promoted and when the server restarts, that is, whenever a redeem may have
-- been lost. Without one there is no fence, and so there are no sessions: some services hide
-- it, or show nothing but zeros.
local function store_incarnation()
  local told = redis.call('INFO', 'replication')
  -- By its plain name first: a pattern would be tried at every letter of all that is told.
  local _, name_ends = string.find(told, 'master_replid:', 1, true)
  local incarnation = name_ends and string.match(told, '^0*[1-9a-f]%x*', name_ends + 1)
  if not incarnation then
    error('no master_replid: SINGLE_USE=strict cannot hold here')
  end
  return incarnation
end
