-- ARGV: limit, quiet. Returns rows {id, step, units as "0,1,2"}; begun jobs come first.
local limit, quiet, moment = tonumber(ARGV[1]), tonumber(ARGV[2]), now()
local rows = {}

local function unread(id)
  local marks, free = {}, {}
  local flat = redis.call('HGETALL', key('units', id))
  for i = 1, #flat, 2 do
    marks[flat[i]] = flat[i + 1]
  end
  for unit = 0, number(id, 'units') - 1 do
    local mark = marks[tostring(unit)]
    local lease = read_lease(mark)
    if not mark or (lease and lease.deadline <= moment) then
      free[#free + 1] = unit
    end
  end
  return free
end

local function look(id)
  if open(id, 'prepare', '') then
    if is_free(id, 'prepare', '') then
      rows[#rows + 1] = {id, 'prepare', ''}
    end
  elseif open(id, 'assemble', '') then
    if is_free(id, 'assemble', '') then
      rows[#rows + 1] = {id, 'assemble', ''}
    end
  else
    local units = unread(id)
    if #units > 0 then
      rows[#rows + 1] = {id, 'read', table.concat(units, ',')}
    end
  end
end

for _, state in ipairs({'running', 'queued'}) do
  local watch = prefix .. 'watch:' .. state
  local left = limit - #rows
  -- Where the clock was set back, looks were noted in what is the future now.
  for _, id in ipairs(redis.call('ZRANGE', watch, '(' .. stamp(moment), '+inf', 'BYSCORE')) do
    redis.call('ZADD', watch, 0, id)
  end
  if left > 0 then
    local ids = redis.call(
      'ZRANGE', watch, '-inf', stamp(moment - quiet), 'BYSCORE', 'LIMIT', 0, left)
    for _, id in ipairs(ids) do
      look(id)
      redis.call('ZADD', watch, stamp(moment), id)
    end
  end
end
return rows
