-- ARGV: id, keep, what is left of the specification. The job's blobs are gone; after `keep` seconds the job itself is forgotten.
local id = ARGV[1]
if get(id, 'state') == 'expired' then
  redis.call('HSET', key('job', id), 'spec', ARGV[3])
  redis.call('HDEL', key('job', id), 'problem', 'hooked')
  forget_deliveries(id)
  forget_units(id)
  redis.call('ZREM', prefix .. 'ends', id)
  redis.call('ZADD', prefix .. 'tombs', stamp(now() + tonumber(ARGV[2])), id)
end
