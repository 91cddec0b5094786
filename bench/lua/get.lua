-- One route, over and over, with the client's key: the arguments are the key and the path.
require("common")

local ask

function init(args)
  ask = wrk.format("GET", args[2], { Authorization = "Bearer " .. args[1] })
end

function request()
  return ask
end

function response(status, _, body)
  count(status, body)
end
