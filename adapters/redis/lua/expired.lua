-- For scripts that count what is active, or look after what has expired. Nothing depends on
-- an expired session being moved in time: its own expiry is what every script goes by.

local function unexpired(set)
  return redis.call('ZCOUNT', set, '(' .. now, '+inf')
end

local function retire(most)
  local due = redis.call('ZRANGEBYSCORE', ACTIVE, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
  for i = 1, #due, 2 do
    redis.call('ZREM', ACTIVE, due[i])
    redis.call('HDEL', PAYLOADS, due[i])
    remember(EXPIRED, due[i], tonumber(due[i + 1]))
  end
  return #due / 2
end
