-- ARGV: id, spec. Returns 0 where the id is taken.
local id = ARGV[1]
if redis.call('EXISTS', key('job', id)) == 1 then
  return 0
end
redis.call('HSET', key('job', id), 'spec', ARGV[2], 'state', 'queued', 'revision', 0)
redis.call('ZADD', prefix .. 'jobs', 0, id)
redis.call('ZADD', prefix .. 'state:queued', 0, id)
redis.call('ZADD', prefix .. 'watch:queued', stamp(now()), id)
return 1
