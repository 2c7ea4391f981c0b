-- ARGV: id, step, unit, token, owner, seconds. Returns the new deadline, or nothing where lost.
local id, step, unit, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not holds(id, step, unit, token, ARGV[5]) then
  return nil
end
local deadline = now() + tonumber(ARGV[6])
local hash, field = place(id, step, unit)
redis.call('HSET', hash, field, write_lease(token, deadline, ARGV[5]))
redis.call('SADD', key('owner', ARGV[5]), lease_name(id, step, unit))
return stamp(deadline)
