-- Ends all that is active and all grants, at one instant and however many there are: what was
-- active becomes the key KEYS[10], which remember_revoked.lua moves to where it belongs.
-- KEYS[8..9] as in held.lua. ARGV[3]: the client's name; ARGV[4]: how many expired ones to drop.
-- Returns {'ended', sessions, grants}, or {'again'} where more have expired.
local GRANTS, GRANTED, ENDED = KEYS[8], KEYS[9], KEYS[10]
local most = tonumber(ARGV[4])
fence()
if retire(most) == most then
  return { 'again' }
end
local sessions, grants = redis.call('ZCARD', ACTIVE), unexpired(GRANTS)
if sessions > 0 then
  redis.call('RENAME', ACTIVE, ENDED)
  count(redis.call, 'revoked', sessions)
end
redis.call('UNLINK', PAYLOADS, GRANTS, GRANTED)
tell_ended(ARGV[3], '')
return { 'ended', sessions, grants }
