-- Gives the events after a position, the oldest first, as `events_in` does; but before them how many
-- were dropped after it, and how many events there had been at the end of those that it gives: -1
-- where it gives none, or that is not known.
-- KEYS: the stream; the totals of its entries, as take_down has them. ARGV: the position; how many
-- events there had been at it, -1 if that is not known; how many events are enough.
local EVENTS, TOTALS = unpack(KEYS)
local position, seen = ARGV[1], tonumber(ARGV[2])

local function dropped_after_it()
  local first, total = unpack(redis.call('ZRANGE', TOTALS, 0, 0, 'WITHSCORES'))
  local entry = first and redis.call('XRANGE', EVENTS, first, first)[1]
  return entry and seen >= 0 and math.max(total - field(entry, 'n') - seen, 0) or 0
end

local told = events_in(function(limit)
  local entries = redis.call('XRANGE', EVENTS, '(' .. position, '+', 'COUNT', limit)
  position = #entries > 0 and entries[#entries][1] or position
  return entries
end, tonumber(ARGV[3]))

local last = #told > 1 and redis.call('ZSCORE', TOTALS, told[#told - 1])
table.insert(told, 2, dropped_after_it())
table.insert(told, 3, tonumber(last or -1))
return told
