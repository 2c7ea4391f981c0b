-- ARGV: id, step, unit, owner, seconds, alone (0 or 1). Returns {token, deadline, deaths}; an empty
-- table where an owner died under this work and the claimer is not alone; or nothing.
local id, step, unit, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local state = get(id, 'state')
if not is_active(state) or not open(id, step, unit) or not is_free(id, step, unit) then
  return nil
end
local hash, field = place(id, step, unit)
local mark = step .. ':' .. unit
if read_lease(redis.call('HGET', hash, field)) then
  redis.call('HINCRBY', key('deaths', id), mark, 1)
  redis.call('HDEL', hash, field)
end
local deaths = tonumber(redis.call('HGET', key('deaths', id), mark) or '0')
if deaths > 0 and ARGV[6] == '0' then
  return {}
end
local token = tostring(redis.call('HINCRBY', key('job', id), 'token', 1))
local deadline = now() + tonumber(ARGV[5])
redis.call('HSET', hash, field, write_lease(token, deadline, owner))
if state == 'queued' then
  move(id, 'running')
  redis.call('HSET', key('job', id), 'started', stamp(now()))
  changed(id)
end
redis.call('SADD', key('owner', owner), lease_name(id, step, unit))
redis.call('EXPIRE', key('owner', owner), OWNER_SECONDS)
return {token, stamp(deadline), deaths}
