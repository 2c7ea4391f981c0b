-- ARGV: id, unit, token, problem (or empty), owner. Returns {done, failed, total}, or nothing where lost.
local id, unit, problem = ARGV[1], ARGV[2], ARGV[4]
if not holds(id, 'read', unit, ARGV[3], ARGV[5]) then
  return nil
end
local failed = problem ~= ''
local mark = failed and 'f' .. ARGV[3] .. '|' .. problem or 'd' .. ARGV[3]
redis.call('HSET', key('units', id), unit, mark)
redis.call('SREM', key('owner', ARGV[5]), lease_name(id, 'read', unit))
redis.call('HINCRBY', key('job', id), failed and 'failed' or 'done', 1)
redis.call('HSET', key('job', id), 'progressed', stamp(now()))
changed(id)
return {number(id, 'done'), number(id, 'failed'), number(id, 'units')}
