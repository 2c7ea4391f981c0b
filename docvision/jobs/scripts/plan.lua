-- ARGV: id, token, number of units, units as JSON. Returns 0 where the lease is lost.
local id = ARGV[1]
if not holds(id, 'prepare', '', ARGV[2]) then
  return 0
end
redis.call('HSET', key('job', id), 'units', ARGV[3], 'done', 0, 'failed', 0,
  'planned', stamp(now()))
redis.call('HDEL', key('job', id), 'prepare')
redis.call('SET', key('plan', id), ARGV[4])
changed(id)
return 1
