-- ARGV: id, keep. Returns {verdict, job}: "missing", "conflict" or "cancelled".
local id = ARGV[1]
local state = get(id, 'state')
if not state then
  return {'missing', {}}
end
if state ~= 'cancelled' and not conclude(id, 'cancelled', tonumber(ARGV[2])) then
  return {'conflict', redis.call('HGETALL', key('job', id))}
end
dropped(id)
return {'cancelled', redis.call('HGETALL', key('job', id))}
