-- What every script begins with: the clock, the keys, the states. KEYS[1] is the common prefix.
--
--   <prefix>job:<id>      hash   spec, state, revision, started, finished, expires, problem,
--                                units, done, failed, token, prepare, assemble, planned,
--                                progressed, keep, review, fence,
--                                groups: "tenant:<t> batch:<b>", as the job is of them, and
--                                "batches batches:<t>" where it stands for a batch;
--                                planfence: the token under which the plan was made;
--                                retries; secret: the password, until the end; hooked: has a webhook
--   <prefix>units:<id>    hash   unit -> "l<token>|<deadline>|<owner>", "d<token>" (done),
--                                "f<token>|<problem>"
--   <prefix>deaths:<id>   hash   "<step>:<unit>" -> owners that died while they held it
--   <prefix>owner:<owner> set    "<id> <step> <unit>" of the leases that a worker was granted
--   <prefix>plan:<id>     string the planned units as JSON
--   <prefix>jobs          zset   every id, by id (ids sort by time)
--   <prefix>state:<s>     zset   the ids in a state, by id
--   <prefix><group>       zset   the ids of a tenant or a batch, by id
--   <prefix><group>:state:<s>    zset   those in a state, by id
--   <prefix>review        zset   the ids whose results people have to look at, by id; also
--   <prefix><group>:review       those of a tenant or a batch
--   <prefix>watch:<s>     zset   the unfinished ids, by when `due` last looked at them
--   <prefix>ends          zset   the finished ids, by when they expire
--   <prefix>tombs         zset   the erased ids, by when they are forgotten
--   <prefix>deliveries    zset   the ended jobs whose webhook is to be told, by when that is due
--   <prefix>delivered:<id> list  the attempts to tell a job's webhook, as JSON
--   <prefix>turn:<name>   string that somebody does now, until it runs out
--   <prefix>events        channel: "<id> <state>" of each job that changed, or "<id> deleted"
--   <prefix>dropped       channel: the id of each job that was cancelled or deleted
local prefix = KEYS[1]
-- No lease lives as long; a set of leases whose owner nobody buried goes by itself.
local OWNER_SECONDS = 86400

local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1e6
end

local function stamp(seconds)
  return string.format('%.6f', seconds)
end

local function key(kind, id)
  return prefix .. kind .. ':' .. id
end

local function get(id, field)
  return redis.call('HGET', key('job', id), field)
end

local function number(id, field)
  return tonumber(get(id, field) or '0')
end

-- The indexes in which a job stands: that of all jobs is "".
local function indexes(id)
  local found = {''}
  for group in string.gmatch(get(id, 'groups') or '', '%S+') do
    found[#found + 1] = group
  end
  return found
end

local function state_key(index, state)
  return prefix .. (index == '' and '' or index .. ':') .. 'state:' .. state
end

local function review_key(index)
  return prefix .. (index == '' and '' or index .. ':') .. 'review'
end

-- Nobody has to look at the job's result any more.
local function unqueue(id)
  for _, index in ipairs(indexes(id)) do
    redis.call('ZREM', review_key(index), id)
  end
end

local function changed(id)
  redis.call('HINCRBY', key('job', id), 'revision', 1)
  redis.call('PUBLISH', prefix .. 'events', id .. ' ' .. get(id, 'state'))
end

local function dropped(id)
  redis.call('PUBLISH', prefix .. 'dropped', id)
end

local function is_active(state)
  return state == 'queued' or state == 'running'
end

-- The one function that changes a job's state; false where the transition is not documented.
local function move(id, to)
  local from = get(id, 'state')
  if not (ALLOWED[from] and ALLOWED[from][to]) then
    return false
  end
  redis.call('HSET', key('job', id), 'state', to)
  for _, index in ipairs(indexes(id)) do
    redis.call('ZREM', state_key(index, from), id)
    redis.call('ZADD', state_key(index, to), 0, id)
  end
  redis.call('ZREM', prefix .. 'watch:' .. from, id)
  if to == 'expired' then
    unqueue(id)
  end
  if is_active(to) then
    redis.call('ZADD', prefix .. 'watch:' .. to, stamp(now()), id)
  end
  return true
end

local function forget_units(id)
  redis.call('DEL', key('units', id), key('plan', id))
end

-- A job ends: what only the work needed is dropped, and the time to keep it begins. What was read
-- of a job that did not succeed stays known, for a retry. A batch changes as each of its files ends.
local function conclude(id, to, keep)
  if not move(id, to) then
    return false
  end
  local ended = now()
  keep = tonumber(get(id, 'keep') or keep)
  redis.call('HSET', key('job', id), 'finished', stamp(ended), 'expires', stamp(ended + keep))
  redis.call('HDEL', key('job', id), 'prepare', 'assemble', 'secret')
  redis.call('DEL', key('deaths', id))
  if to == 'succeeded' then
    forget_units(id)
  end
  redis.call('ZADD', prefix .. 'ends', stamp(ended + keep), id)
  if get(id, 'hooked') then
    redis.call('ZADD', prefix .. 'deliveries', stamp(ended), id)
  end
  changed(id)
  local batch = string.match(get(id, 'groups') or '', 'batch:(%S+)')
  if batch and is_active(get(batch, 'state')) then
    changed(batch)
  end
  return true
end

local function forget_deliveries(id)
  redis.call('ZREM', prefix .. 'deliveries', id)
  redis.call('DEL', key('delivered', id))
end

local function forget(id)
  forget_deliveries(id)
  local state = get(id, 'state')
  if state then
    unqueue(id)
    for _, index in ipairs(indexes(id)) do
      redis.call('ZREM', index == '' and prefix .. 'jobs' or prefix .. index, id)
      redis.call('ZREM', state_key(index, state), id)
    end
    redis.call('ZREM', prefix .. 'watch:' .. state, id)
  end
  redis.call('ZREM', prefix .. 'ends', id)
  redis.call('ZREM', prefix .. 'tombs', id)
  forget_units(id)
  redis.call('DEL', key('job', id), key('deaths', id))
  redis.call('PUBLISH', prefix .. 'events', id .. ' deleted')
end

-- Where the lease of a step stands: its hash and its field.
local function place(id, step, unit)
  if step == 'read' then
    return key('units', id), unit
  end
  return key('job', id), step
end

local function lease_name(id, step, unit)
  return id .. ' ' .. step .. ' ' .. unit
end

-- Work of this job is free again: `due` need not wait until it looked long ago.
local function look_soon(id)
  redis.call('ZADD', prefix .. 'watch:' .. get(id, 'state'), 0, id)
end

local function read_lease(text)
  if not text or string.sub(text, 1, 1) ~= 'l' then
    return nil
  end
  local token, deadline, owner = string.match(text, '^l(%d+)|([%d.]+)|(.*)$')
  return {token = token, deadline = tonumber(deadline), owner = owner}
end

local function write_lease(token, deadline, owner)
  return 'l' .. token .. '|' .. stamp(deadline) .. '|' .. owner
end

-- Whether the lease with this token is the latest one for its step of an unfinished job. Tokens
-- begin anew where the server lost the end of its log, so its owner has to be the same as well.
local function holds(id, step, unit, token, owner)
  if not is_active(get(id, 'state')) then
    return false
  end
  local hash, field = place(id, step, unit)
  local lease = read_lease(redis.call('HGET', hash, field))
  return lease ~= nil and lease.token == token and lease.owner == owner
end

-- Whether work of this kind is still to be done, leases aside.
local function open(id, step, unit)
  local planned = get(id, 'units')
  if step == 'prepare' then
    return not planned
  end
  if not planned then
    return false
  end
  if step == 'assemble' then
    return number(id, 'done') + number(id, 'failed') >= tonumber(planned)
  end
  local mark = redis.call('HGET', key('units', id), unit)
  return tonumber(unit) < tonumber(planned) and not (mark and string.sub(mark, 1, 1) ~= 'l')
end

local function is_free(id, step, unit)
  local hash, field = place(id, step, unit)
  local lease = read_lease(redis.call('HGET', hash, field))
  return lease == nil or lease.deadline <= now()
end
