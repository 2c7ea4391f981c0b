-- ARGV: id, token of ASSEMBLE, owner, units. Returns 0 where the lease is lost.
local id = ARGV[1]
if not holds(id, 'assemble', '', ARGV[2], ARGV[3]) then
  return 0
end
redis.call('HDEL', key('job', id), 'assemble')
redis.call('SREM', key('owner', ARGV[3]), lease_name(id, 'assemble', ''))
for i = 4, #ARGV do
  local mark = string.sub(redis.call('HGET', key('units', id), ARGV[i]) or '', 1, 1)
  if mark == 'd' or mark == 'f' then
    redis.call('HDEL', key('units', id), ARGV[i])
    redis.call('HINCRBY', key('job', id), mark == 'd' and 'done' or 'failed', -1)
  end
end
look_soon(id)
changed(id)
return 1
