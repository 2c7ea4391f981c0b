-- ARGV: id, step, unit, token, owner.
local id, step, unit, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if holds(id, step, unit, token, ARGV[5]) then
  redis.call('HDEL', place(id, step, unit))
end
redis.call('SREM', key('owner', ARGV[5]), lease_name(id, step, unit))
