-- Gives the latest events, the latest entry first, as `events_in` does.
-- KEYS: the stream. ARGV: how many events are enough.
local up_to = '+'

return events_in(function(limit)
  local entries = redis.call('XREVRANGE', KEYS[1], up_to, '-', 'COUNT', limit)
  up_to = #entries > 0 and '(' .. entries[#entries][1] or up_to
  return entries
end, tonumber(ARGV[1]))
