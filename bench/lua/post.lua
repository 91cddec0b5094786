-- The same with a body: the arguments are the key, the path and the body, which may be left out.
require("common")

local ask

function init(args)
  local headers = { Authorization = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
  ask = wrk.format("POST", args[2], headers, args[3] or "")
end

function request()
  return ask
end

function response(status, _, body)
  count(status, body)
end
