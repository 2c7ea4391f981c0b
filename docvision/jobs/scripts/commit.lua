-- ARGV: id, unit, token, problem (or empty). Returns {done, failed, total}, or nothing where lost.
local id, unit, problem = ARGV[1], ARGV[2], ARGV[4]
if not holds(id, 'read', unit, ARGV[3]) then
  return nil
end
local failed = problem ~= ''
redis.call('HSET', key('units', id), unit, failed and ('f' .. problem) or 'd')
redis.call('HINCRBY', key('job', id), failed and 'failed' or 'done', 1)
redis.call('HSET', key('job', id), 'progressed', stamp(now()))
changed(id)
return {number(id, 'done'), number(id, 'failed'), number(id, 'units')}
