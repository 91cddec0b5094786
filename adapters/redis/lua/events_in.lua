-- Reads a stream of events, entry by entry, until there are enough of them.
-- `read(limit)` gives the next entries, no more than so many; `most` is how many events are enough.
-- Gives whether there are no more, and then of each entry its id and its lines.
-- An entry may have one event or hundreds: it begins with one entry, and takes more each time.
local AT_A_TIME = 16

local function field(entry, name)
  for at = 1, #entry[2], 2 do
    if entry[2][at] == name then
      return entry[2][at + 1]
    end
  end
end

local function events_in(read, most)
  local told, seen, limit = {0}, 0, 1
  while seen < most do
    local entries = read(limit)
    for _, entry in ipairs(entries) do
      if seen >= most then
        return told
      end
      told[#told + 1] = entry[1]
      told[#told + 1] = field(entry, 'e')
      seen = seen + tonumber(field(entry, 'n'))
    end
    if #entries < limit then
      told[1] = 1
      break
    end
    limit = math.min(2 * limit, AT_A_TIME)
  end
  return told
end
