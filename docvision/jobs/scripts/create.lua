-- ARGV: id, spec, keep (or empty), the groups the job is of. Returns 0 where the id is taken.
local id = ARGV[1]
if redis.call('EXISTS', key('job', id)) == 1 then
  return 0
end
redis.call('HSET', key('job', id), 'spec', ARGV[2], 'state', 'queued', 'revision', 0)
if ARGV[3] ~= '' then
  redis.call('HSET', key('job', id), 'keep', ARGV[3])
end
redis.call('HSET', key('job', id), 'groups', table.concat(ARGV, ' ', 4))
for _, index in ipairs(indexes(id)) do
  redis.call('ZADD', index == '' and prefix .. 'jobs' or prefix .. index, 0, id)
  redis.call('ZADD', state_key(index, 'queued'), 0, id)
end
redis.call('ZADD', prefix .. 'watch:queued', stamp(now()), id)
return 1
