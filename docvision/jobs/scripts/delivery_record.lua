-- ARGV: id, deadline, attempt as JSON, seconds until the next one (or empty).
-- Where somebody asked for another delivery meanwhile, that stays due.
local id = ARGV[1]
if not get(id, 'hooked') then
  return
end
redis.call('RPUSH', key('delivered', id), ARGV[3])
if tonumber(redis.call('ZSCORE', prefix .. 'deliveries', id)) ~= tonumber(ARGV[2]) then
  return
end
if ARGV[4] == '' then
  redis.call('ZREM', prefix .. 'deliveries', id)
else
  redis.call('ZADD', prefix .. 'deliveries', stamp(now() + tonumber(ARGV[4])), id)
end
