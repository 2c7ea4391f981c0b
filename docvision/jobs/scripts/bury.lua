-- ARGV: owner. Its leases run out now; a later claim sees by them that their owner died.
local owner, buried = ARGV[1], 0
for _, name in ipairs(redis.call('SMEMBERS', key('owner', owner))) do
  local id, step, unit = string.match(name, '^(%S+) (%S+) (%S*)$')
  local hash, field = place(id, step, unit)
  local lease = read_lease(redis.call('HGET', hash, field))
  if lease and lease.owner == owner and is_active(get(id, 'state')) then
    redis.call('HSET', hash, field, write_lease(lease.token, 0, owner))
    look_soon(id)
    buried = buried + 1
  end
end
redis.call('DEL', key('owner', owner))
return buried
