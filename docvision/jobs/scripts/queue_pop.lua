-- ARGV: every how many calls one of the bulk goes first. Returns {id, step, units}, or nothing.
local function first_of(line)
  return redis.call('ZRANGE', line, 0, 0)[1]
end

local function take_from(line, own, id)
  local call = redis.call('LPOP', key('calls', id))
  local moment = stamp(now())
  if redis.call('LLEN', key('calls', id)) == 0 then
    redis.call('ZREM', own, id)
  else
    redis.call('ZADD', own, moment, id)
  end
  return call
end

local function take(priority)
  local line = key('line', priority)
  local tenant = first_of(line)
  while tenant do
    local own = line .. ':' .. tenant
    local id = first_of(own)
    local call = id and take_from(line, own, id)
    if redis.call('ZCARD', own) == 0 then
      redis.call('ZREM', line, tenant)
    else
      redis.call('ZADD', line, stamp(now()), tenant)
    end
    if call then
      local step, units = string.match(call, '^(%a+)|(.*)$')
      redis.call('HINCRBY', prefix .. 'waiting', step, -1)
      return {id, step, units}
    end
    tenant = first_of(line)
  end
  return nil
end

local bulk_first = redis.call('INCR', prefix .. 'turns') % tonumber(ARGV[1]) == 0
local order = bulk_first and {'urgent', 'bulk', 'normal'} or {'urgent', 'normal', 'bulk'}
for _, priority in ipairs(order) do
  local found = take(priority)
  if found then
    return found
  end
end
return nil
