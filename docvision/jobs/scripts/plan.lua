-- ARGV: id, token, number of units, units as JSON, owner. Returns 0 where the lease is lost.
local id = ARGV[1]
if not holds(id, 'prepare', '', ARGV[2], ARGV[5]) then
  return 0
end
redis.call('HSET', key('job', id), 'units', ARGV[3], 'done', 0, 'failed', 0,
  'planned', stamp(now()), 'fence', ARGV[2], 'planfence', ARGV[2])
redis.call('HDEL', key('job', id), 'prepare')
redis.call('SET', key('plan', id), ARGV[4])
redis.call('SREM', key('owner', ARGV[5]), lease_name(id, 'prepare', ''))
changed(id)
return 1
