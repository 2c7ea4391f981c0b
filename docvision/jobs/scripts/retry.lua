-- ARGV: id. Returns {verdict, job}: "missing", "conflict" or "retried".
local id = ARGV[1]
local state = get(id, 'state')
if not state then
  return {'missing', {}}
end
if is_active(state) then
  return {'retried', redis.call('HGETALL', key('job', id))}
end
if not move(id, 'queued') then
  return {'conflict', redis.call('HGETALL', key('job', id))}
end
unqueue(id)
redis.call('HDEL', key('job', id), 'finished', 'expires', 'problem', 'review', 'fence')
redis.call('ZREM', prefix .. 'ends', id)
redis.call('ZREM', prefix .. 'deliveries', id)
if redis.call('EXISTS', key('plan', id)) == 1 then
  local done, marks = 0, redis.call('HGETALL', key('units', id))
  for i = 1, #marks, 2 do
    if string.sub(marks[i + 1], 1, 1) == 'd' then
      done = done + 1
    else
      redis.call('HDEL', key('units', id), marks[i])
    end
  end
  redis.call('HSET', key('job', id), 'done', done, 'failed', 0, 'fence', get(id, 'planfence'))
else
  redis.call('HDEL', key('job', id), 'units', 'done', 'failed', 'planned', 'progressed')
end
redis.call('HINCRBY', key('job', id), 'retries', 1)
look_soon(id)
changed(id)
return {'retried', redis.call('HGETALL', key('job', id))}
