-- ARGV: seconds. Returns {id, deadline, attempts so far} of a delivery that is due, or nothing.
local id = redis.call(
  'ZRANGE', prefix .. 'deliveries', '-inf', stamp(now()), 'BYSCORE', 'LIMIT', 0, 1)[1]
if not id then
  return nil
end
local deadline = stamp(now() + tonumber(ARGV[1]))
redis.call('ZADD', prefix .. 'deliveries', deadline, id)
return {id, deadline, redis.call('LLEN', key('delivered', id))}
