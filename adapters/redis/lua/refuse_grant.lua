-- Counts that somebody has shown no grant that holds.
-- KEYS[3]: where; ARGV: how many are too many in a window of how many ms.
-- Returns ms to the next window for one too many, else 0.
return limited(KEYS[3], tonumber(ARGV[1]), tonumber(ARGV[2])) or 0
