-- Tells all workers at once that grants have ended: those of these sessions, or all of the
-- client's where none is named. From here, and not from the worker that asked: so nothing ends
-- untold, whatever becomes of that one. Where the user may not publish, nothing else changes.
local function tell_ended(client, sessions)
  redis.pcall('PUBLISH', 'fg:revoked', client .. '\n' .. sessions)
end
