-- Moves sessions from KEYS[8] (see revoke_all.lua) to those that are remembered as revoked,
-- ARGV[3] at the most, those that expire last first: of too many, these are remembered.
-- Returns how many.
local taken = redis.call('ZRANGE', KEYS[8], -ARGV[3], -1, 'WITHSCORES')
if #taken > 0 then
  local entries = {}
  for i = 1, #taken, 2 do
    entries[i], entries[i + 1] = taken[i + 1], taken[i]
  end
  redis.call('ZREMRANGEBYRANK', KEYS[8], -ARGV[3], -1)
  remember(REVOKED, tonumber(taken[#taken]), #taken / 2, unpack(entries))
end
return #taken / 2
