-- One scenario for wrk: method, path and body from the arguments, a token from a file, in turn, and perhaps the tag
-- of an answer that the client has. Prints one line of JSON when done.

local tokens = {}
local method, path, body, etag
local turn = 0

function init(args)
  method, path, body, etag = args[1], args[2], args[4], args[5]
  for line in io.lines(args[3]) do
    tokens[#tokens + 1] = line
  end
end

function request()
  turn = turn % #tokens + 1
  local headers = { ["Authorization"] = "Bearer " .. tokens[turn], ["Content-Type"] = "application/json" }
  if etag ~= nil and etag ~= "" then
    headers["If-None-Match"] = etag
  end
  return wrk.format(method, path, headers, body)
end

function done(summary, latency, requests)
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "bad": %d, "socket_errors": %d, "p50_ms": %.2f, "p95_ms": %.2f, "p99_ms": %.2f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
