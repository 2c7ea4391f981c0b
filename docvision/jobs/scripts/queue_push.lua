-- ARGV: id, step, units as "0,1,2". Returns 1 where the call was added, 0 where it waits already.
--
--   <prefix>calls:<id>         list   the job's waiting calls, "<step>|<units>", first to be made first
--   <prefix>line:<p>           zset   the tenants with waiting calls of a priority, by latest turn
--   <prefix>line:<p>:<tenant>  zset   a tenant's jobs with waiting calls, by latest turn
--   <prefix>waiting            hash   step -> how many calls wait
local id = ARGV[1]
local call = ARGV[2] .. '|' .. ARGV[3]
if not get(id, 'state') or redis.call('LPOS', key('calls', id), call) then
  return 0
end
local turn = get(id, 'turn') or 'normal default'
local priority, tenant = string.match(turn, '^(%S+) (%S+)$')
local line, moment = key('line', priority), stamp(now())
redis.call('RPUSH', key('calls', id), call)
redis.call('HINCRBY', prefix .. 'waiting', ARGV[2], 1)
-- Whoever stands in line keeps the place.
redis.call('ZADD', line .. ':' .. tenant, 'NX', moment, id)
redis.call('ZADD', line, 'NX', moment, tenant)
return 1
