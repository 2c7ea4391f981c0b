-- ARGV: id, step, unit, owner, seconds. Returns {token, deadline, deaths}, or nothing.
local id, step, unit, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local state = get(id, 'state')
if not is_active(state) or not open(id, step, unit) or not is_free(id, step, unit) then
  return nil
end
local token = tostring(redis.call('HINCRBY', key('job', id), 'token', 1))
local deadline = now() + tonumber(ARGV[5])
local hash, field = place(id, step, unit)
local deaths = step .. ':' .. unit
if read_lease(redis.call('HGET', hash, field)) then
  redis.call('HINCRBY', key('deaths', id), deaths, 1)
end
redis.call('HSET', hash, field, write_lease(token, deadline, owner))
if state == 'queued' then
  move(id, 'running')
  redis.call('HSET', key('job', id), 'started', stamp(now()))
  changed(id)
end
redis.call('SADD', key('owner', owner), lease_name(id, step, unit))
redis.call('EXPIRE', key('owner', owner), OWNER_SECONDS)
return {token, stamp(deadline), tonumber(redis.call('HGET', key('deaths', id), deaths) or '0')}
