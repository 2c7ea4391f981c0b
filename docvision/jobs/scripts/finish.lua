-- ARGV: id, step, token, state, problem (or empty), keep, units, failed (units < 0: as planned),
-- review (or empty), owner.
-- Returns the job, or nothing where the lease is lost or the state does not allow it.
local id, units, failed = ARGV[1], tonumber(ARGV[7]), tonumber(ARGV[8])
if not holds(id, ARGV[2], '', ARGV[3], ARGV[10]) or not conclude(id, ARGV[4], tonumber(ARGV[6])) then
  return nil
end
if ARGV[5] ~= '' then
  redis.call('HSET', key('job', id), 'problem', ARGV[5])
end
redis.call('HSET', key('job', id), 'fence', ARGV[3])
redis.call('SREM', key('owner', ARGV[10]), lease_name(id, ARGV[2], ''))
if ARGV[9] ~= '' then
  redis.call('HSET', key('job', id), 'review', ARGV[9])
  for _, index in ipairs(indexes(id)) do
    redis.call('ZADD', review_key(index), 0, id)
  end
end
if units >= 0 then
  redis.call('HSET', key('job', id), 'units', units, 'done', units - failed, 'failed', failed)
end
return redis.call('HGETALL', key('job', id))
