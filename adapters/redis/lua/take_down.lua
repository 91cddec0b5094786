-- Takes down what happened, an entry an event, the oldest first.
-- KEYS:
--   events  stream  e -> the event, a line of JSON
--   writer  hash    n -> the number of the last batch that this writer brought
-- ARGV: how many events are kept, about; for how long after the last (ms); for how long a writer
-- is remembered (ms); the number of the batch; its lines, the last without its end.
-- A batch whose writer has had no answer comes again, and is taken for what it is.
local EVENTS, WRITER = unpack(KEYS)
local most, keep_ms, remember_ms, number, lines = unpack(ARGV)

if tonumber(redis.call('HGET', WRITER, 'n') or -1) < tonumber(number) then
  for line in string.gmatch(lines, '[^\n]+') do
    redis.call('XADD', EVENTS, 'MAXLEN', '~', most, '*', 'e', line)
  end
  redis.call('HSET', WRITER, 'n', number)
  redis.call('PEXPIRE', WRITER, remember_ms)
  redis.call('PEXPIRE', EVENTS, keep_ms)
end
return 0
