-- Takes down what happened: one entry for all that is brought together, which costs Redis a small
-- part of an entry an event.
-- KEYS:
--   events  stream  e -> the events, each a line of JSON, the oldest first
--                   n -> how many they are
--   totals  zset    of the entries in the stream: id -> how many events there had been with it
--   writer  hash    n -> the number of the last batch that this writer brought
-- ARGV: how many events are kept at least; for how long after the last (ms); for how long a writer
-- is remembered (ms); the number of the batch; how many events it has; their lines, the last
-- without its end.
-- A batch whose writer has had no answer comes again, and is taken for what it is.
local EVENTS, TOTALS, WRITER = unpack(KEYS)
local most, keep_ms, remember_ms, number, count, lines = unpack(ARGV)

if tonumber(redis.call('HGET', WRITER, 'n') or -1) < tonumber(number) then
  local last, total = unpack(redis.call('ZRANGE', TOTALS, -1, -1, 'WITHSCORES'))
  total = (total or 0) + count
  -- Without an entry whose last event is one too many, there are enough.
  local too_many = total - most
  local first = redis.call('ZRANGEBYSCORE', TOTALS, '(' .. too_many, '+inf', 'LIMIT', 0, 1)[1]
  local dropped = redis.call('ZCOUNT', TOTALS, '-inf', too_many)
  if dropped > 0 then
    redis.call('ZREMRANGEBYRANK', TOTALS, 0, dropped - 1)
  end
  local id = redis.call(
    'XADD', EVENTS, 'MINID', '=', first or last or '0', '*', 'n', count, 'e', lines)
  redis.call('ZADD', TOTALS, total, id)
  redis.call('HSET', WRITER, 'n', number)
  redis.call('PEXPIRE', WRITER, remember_ms)
  redis.call('PEXPIRE', EVENTS, keep_ms)
  redis.call('PEXPIRE', TOTALS, keep_ms)
end
return 0
