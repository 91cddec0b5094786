-- One route, over and over, with the client's key: the arguments are the key, the path and a
-- cookie, which may be left out.
require("common")

local ask

function init(args)
  ask = wrk.format("GET", args[2], { Authorization = "Bearer " .. args[1], Cookie = args[3] })
end

function request()
  return ask
end

function response(status, _, body)
  count(status, body)
end
