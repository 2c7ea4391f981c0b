-- ARGV: id. Returns 0 where there is no such job.
if not get(ARGV[1], 'state') then
  return 0
end
forget(ARGV[1])
dropped(ARGV[1])
return 1
