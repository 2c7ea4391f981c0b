-- ARGV: id, spec, then further fields and their values. Returns 0 where the id is taken.
local id = ARGV[1]
if redis.call('EXISTS', key('job', id)) == 1 then
  return 0
end
redis.call('HSET', key('job', id), 'spec', ARGV[2], 'state', 'queued', 'revision', 0)
redis.call('HSET', key('job', id), unpack(ARGV, 3))
for _, index in ipairs(indexes(id)) do
  redis.call('ZADD', index == '' and prefix .. 'jobs' or prefix .. index, 0, id)
  redis.call('ZADD', state_key(index, 'queued'), 0, id)
end
redis.call('ZADD', prefix .. 'watch:queued', stamp(now()), id)
return 1
