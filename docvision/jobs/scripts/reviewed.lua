-- ARGV: id. Nothing of the job's result is left to be looked at. Returns the job.
local id = ARGV[1]
if get(id, 'review') == 'needed' then
  redis.call('HSET', key('job', id), 'review', 'done')
  unqueue(id)
  changed(id)
  if get(id, 'hooked') then
    redis.call('ZADD', prefix .. 'deliveries', stamp(now()), id)
  end
end
return redis.call('HGETALL', key('job', id))
