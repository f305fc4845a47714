-- Whole files, or stretches of 256 KiB anywhere in the file: STRETCH=1 SIZE=bytes; prints one line of JSON at the end.
local path = os.getenv("ASKED")
local size = tonumber(os.getenv("SIZE"))
local stretch = os.getenv("STRETCH") == "1"
local length = 262144
local started = 0

function setup(thread)
  started = started + 1
  thread:set("seed", started)
end

function init()
  math.randomseed(seed)
end

function request()
  if not stretch then return wrk.format("GET", path) end
  local first = math.random(0, size - length)
  return wrk.format("GET", path, { ["Range"] = "bytes=" .. first .. "-" .. (first + length - 1) })
end

function done(summary)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format('JSON {"bytes":%d,"requests":%d,"seconds":%.6f,"errors":%d}\n',
    summary.bytes, summary.requests, summary.duration / 1000000, bad))
end
