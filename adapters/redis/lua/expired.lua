-- For scripts that count what is active, or look after what has expired. Nothing depends on
-- an expired session being moved in time: its own expiry is what every script goes by.

local function unexpired(set)
  return redis.call('ZCOUNT', set, '(' .. now, '+inf')
end

local function retire(most)
  local due = redis.call('ZRANGEBYSCORE', ACTIVE, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
  local digests, entries = {}, {}
  for i = 1, #due, 2 do
    digests[#digests + 1] = due[i]
    entries[i], entries[i + 1] = due[i + 1], due[i]
  end
  if #digests > 0 then
    redis.call('ZREM', ACTIVE, unpack(digests))
    redis.call('HDEL', PAYLOADS, unpack(digests))
    remember(EXPIRED, tonumber(due[#due]), #digests, unpack(entries))
  end
  return #digests
end
