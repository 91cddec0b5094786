-- For scripts that take, of what is active or of what has a grant, those of a subject.
-- ARGV[3..8]: 'active' or 'granted', a position, how many to look at, how many to take, what
-- the payload of each begins with.
local OF_GRANTS, TO_LOOK_AT, TO_TAKE = ARGV[3] == 'granted', tonumber(ARGV[6]), tonumber(ARGV[7])
local SET = OF_GRANTS and GRANTS or ACTIVE

local function carries(facts, beginning)
  local before = 0
  if OF_GRANTS then -- the token, its limits and the origin
    before = string.find(facts, '\n', 56, true)
  end
  return before and string.sub(facts, before + 1, before + #beginning) == beginning
end

-- Returns the digests, what is kept of each, and the last one that was looked at where there
-- may be more.
local function chosen()
  local first = math.max(
    rank_behind(SET, ARGV[4], ARGV[5]), redis.call('ZCOUNT', SET, '-inf', now))
  local entries = redis.call('ZRANGE', SET, first, first + TO_LOOK_AT - 1)
  local kept = {}
  if #entries > 0 then
    kept = redis.call('HMGET', OF_GRANTS and GRANTED or PAYLOADS, unpack(entries))
  end
  local digests, facts, beginning = {}, {}, ARGV[8]
  for i, digest in ipairs(entries) do
    if #digests == TO_TAKE then
      return digests, facts, entries[i - 1]
    end
    if carries(kept[i] or '', beginning) then
      digests[#digests + 1], facts[#facts + 1] = digest, kept[i] or ''
    end
  end
  return digests, facts, #entries == TO_LOOK_AT and entries[#entries]
end
