-- Reads one of the sets that sessions are in, in steps. ARGV[3..6]: the number of the set, a
-- position in it, how many to read.
-- Returns {digest, expires_at, digest, ...}.
fence()
-- What is active first: what ends meanwhile is met again behind it.
local set = ({ ACTIVE, USED, REVOKED, EXPIRED, STALE })[tonumber(ARGV[3])]
local first = rank_behind(set, ARGV[4], ARGV[5])
return redis.call('ZRANGE', set, first, first + ARGV[6] - 1, 'WITHSCORES')
