-- ARGV: id. Returns "missing", "conflict" where there is nothing to tell or nobody, or "due".
local id = ARGV[1]
local state = get(id, 'state')
if not state then
  return 'missing'
end
if is_active(state) or not get(id, 'hooked') then
  return 'conflict'
end
redis.call('ZADD', prefix .. 'deliveries', stamp(now()), id)
return 'due'
