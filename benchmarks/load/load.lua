-- For wrk: `wrk -s load.lua URL -- DEPTH` asks for the URL, DEPTH requests in one write, and ends with one line of
-- figures for scripts: "figures: name=value name=value ...". Latencies are in microseconds.

init = function(args)
  local depth = tonumber(args[1] or "1")
  if depth == 1 then return end -- wrk then sends a constant without asking Lua
  local batch = string.rep(wrk.format(), depth)
  request = function() return batch end
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "figures: requests=%d microseconds=%d p50=%d p99=%d connect=%d read=%d write=%d timeout=%d status=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
