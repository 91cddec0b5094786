-- SINGLE_USE=durable: the operator promises that no redeem is ever lost. No fence.
local function store_incarnation()
  return false
end
