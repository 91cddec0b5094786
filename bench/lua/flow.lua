-- The flow: create a session with the client's key, redeem it without one. The arguments are the
-- key, where to redeem, if that is not what all contestants know, and from which country.
-- All connections of a thread share the ids; one that has just got an id takes it at once,
-- so that each connection creates and redeems in turn.
require("common")

local ids, create, before, after = {}

function init(args)
  create = wrk.format("POST", "/auth/create-session", { Authorization = "Bearer " .. args[1] }, "")
  local path = args[2] or "/auth/validate-session"
  local headers = args[3] and { ["CF-IPCountry"] = args[3] } or {}
  local redeem = wrk.format("GET", path .. "?session_id=@", headers)
  before, after = redeem:match("^(.-)@(.*)$")
end

function request()
  local id = table.remove(ids)
  return id and before .. id .. after or create
end

function response(status, _, body)
  if count(status, body) and not body:find('"valid"', 1, true) then
    local id = body:match('"session_id":%s*"([^"]+)"')
    if id then
      table.insert(ids, id)
    end
  end
end
