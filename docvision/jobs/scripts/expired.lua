-- ARGV: limit, seconds until an id that was not erased is named again. Returns ids.
local limit, moment = tonumber(ARGV[1]), now()

local function past(set)
  return redis.call(
    'ZRANGE', prefix .. set, '-inf', stamp(moment), 'BYSCORE', 'LIMIT', 0, limit)
end

for _, id in ipairs(past('tombs')) do
  forget(id)
end
local ids = past('ends')
for _, id in ipairs(ids) do
  if move(id, 'expired') then
    changed(id)
  end
  redis.call('ZADD', prefix .. 'ends', stamp(moment + tonumber(ARGV[2])), id)
end
return ids
