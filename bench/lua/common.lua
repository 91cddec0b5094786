-- What all scripts of wrk share: counting, and the one line that the harness reads.
-- Only globals can be read from outside the thread that they live in.
local threads = {}

answered, refused, sample = 0, 0, ""

function setup(thread)
  table.insert(threads, thread)
end

-- Anything but a 200 spoils the measurement: refusing is cheaper than serving.
function count(status, body)
  if status == 200 then
    answered = answered + 1
    return true
  end
  if refused == 0 then
    sample = status .. " " .. body:sub(1, 200):gsub("%s+", " ")
  end
  refused = refused + 1
  return false
end

function done(summary, latency, requests)
  local good, bad, what = 0, 0, ""
  for _, thread in ipairs(threads) do
    good, bad = good + thread:get("answered"), bad + thread:get("refused")
    what = bad > 0 and what == "" and thread:get("sample") or what
  end
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write
  broken = broken + summary.errors.timeout
  local form = "\nBENCH %d %d %d %d %s\n"
  io.write(form:format(good, summary.duration, bad, broken, what))
end
