-- http-request lua.framegate <address>: asks there whether a request may go on. Who is refused gets
-- framegate's own answer; of who comes in, the variables txn.framegate_* tell. Whatever goes
-- wrong, nobody comes in.

local LONGEST_MS = 10000 -- whoever listens at the address gives up earlier

-- What is about one connection or one body, and not about who asks for what.
local OWN = {
  connection = true, ["content-length"] = true, date = true, expect = true,
  ["keep-alive"] = true, te = true, ["transfer-encoding"] = true, upgrade = true,
}

local function asked(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not OWN[name] then
      headers[name] = values
    end
  end
  headers["x-forwarded-uri"] = { [0] = txn.f:pathq() }
  headers["x-forwarded-method"] = { [0] = txn.f:method() }
  return headers
end

local function refuse(txn, status, answer)
  local reply = txn:reply({ status = status })
  for name, values in pairs(answer.headers or {}) do
    for _, value in pairs(values) do
      if not OWN[name] then
        reply:add_header(name, value)
      end
    end
  end
  if answer.body and txn.f:method() ~= "HEAD" then
    reply:set_body(answer.body)
  end
  txn:done(reply)
end

-- Grants are framegate's business; the application's own credentials go on.
local function keep_grants(txn)
  local headers, cookies = txn.http:req_get_headers(), {}
  local lines = headers.cookie or {}
  for i = 0, #lines do
    for cookie in (lines[i] or ""):gmatch("[^;%s][^;]*") do
      if cookie:sub(1, 10) ~= "__Host-fg-" then
        cookies[#cookies + 1] = cookie
      end
    end
  end
  txn.http:req_del_header("cookie")
  if #cookies > 0 then
    txn.http:req_add_header("cookie", table.concat(cookies, "; "))
  end
  local credentials = headers.authorization
  if credentials and credentials[0]:lower():find("^bearer%s+fgg_") then
    txn.http:req_del_header("authorization")
  end
end

core.register_action("framegate", { "http-req" }, function(txn, address)
  local answer = core.httpclient():get({
    url = "http://" .. address .. "/auth/check",
    headers = asked(txn),
    timeout = LONGEST_MS,
  })
  if answer.status ~= 200 then
    local known = answer.status == 401 or answer.status == 403
    return refuse(txn, known and answer.status or 403, known and answer or {})
  end
  local function first(name)
    local values = answer.headers[name]
    return values and values[0] or ""
  end
  for _, name in ipairs({ "client", "session", "subject", "metadata", "framing" }) do
    txn:set_var("txn.framegate_" .. name, first("x-framegate-" .. name))
  end
  txn:set_var("txn.framegate_grant", first("set-cookie"))
  keep_grants(txn)
end, 1)
