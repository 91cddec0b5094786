-- For scripts that read the sets of a client in steps, each of them bounded. KEYS[8..9] are
-- those of held.lua. A position is the expiry and the digest of an entry, or what the digest
-- begins with: whatever comes and goes between two steps, nothing that stays is left out.
local GRANTS, GRANTED = KEYS[8], KEYS[9]

-- By the bytes: Lua's own `<` goes by the server's language.
local function precedes(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then
      return a < b
    end
  end
  return false
end

-- The rank of the first entry behind a position. What expires in one millisecond stands in
-- the order of its bytes, and may be more than one step reads.
local function rank_behind(set, expires_at, digest)
  if expires_at == '' then
    return 0
  end
  local first = redis.call('ZCOUNT', set, '-inf', '(' .. expires_at)
  local beyond = redis.call('ZCOUNT', set, '-inf', expires_at)
  while first < beyond do
    local middle = math.floor((first + beyond) / 2)
    if precedes(digest, redis.call('ZRANGE', set, middle, middle)[1]) then
      beyond = middle
    else
      first = middle + 1
    end
  end
  return first
end
