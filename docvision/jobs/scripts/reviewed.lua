-- ARGV: id. Nothing of the job's result is left to be looked at. Returns the job.
local id = ARGV[1]
if get(id, 'review') == 'needed' then
  redis.call('HSET', key('job', id), 'review', 'done')
  unqueue(id)
  changed(id)
end
return redis.call('HGETALL', key('job', id))
