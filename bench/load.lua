-- What wrk sends: the requests of a deck, in turn, each signature from a mailbox of its own.
--   wrk … -s load.lua URL -- DECK TAG SECONDS HEADERS CONNECTIONS
-- A deck has a line "METHOD <tab> path <tab> form without the mailbox" per request. After SECONDS
-- nothing new is sent, so that every request is answered and can be looked for in the database;
-- a line says when the last one was, and then an interrupt lets wrk sum up.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int, moment *);
]]

local MONOTONIC = 1
local FOR_EVER = 1e9
local now = ffi.new("moment")
local threads = {}

local function clock()
  ffi.C.clock_gettime(MONOTONIC, now)
  return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  tag, seconds, deck, ends = args[2], tonumber(args[3]), {}, nil
  busy = tonumber(args[5])
  -- wrk looks at one request of the first thread that it never sends.
  sent = number == 0 and -1 or 0
  local file = assert(io.open(args[4], "rb"))
  local shared = file:read("*a")
  file:close()
  for line in io.lines(args[1]) do
    local method, path, form = line:match("^(%u+)\t(%S+)\t(.*)$")
    table.insert(deck, { head = method .. " " .. path .. " HTTP/1.1\r\n" .. shared, form = form })
  end
end

function request()
  sent = sent + 1
  local card = deck[sent % #deck + 1]
  if card.form == "" then
    return card.head .. "\r\n"
  end
  local body = card.form .. "&email=signer." .. tag .. "." .. number .. "." .. sent .. "%40example.org"
  return card.head .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
    .. #body .. "\r\n\r\n" .. body
end

function delay()
  ends = ends or clock() + seconds
  if clock() < ends then
    return 0
  end
  busy = busy - 1
  if busy == 0 then
    print("DRAINED")
    io.flush()
  end
  return FOR_EVER
end

function done(summary, latency)
  local all = 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("sent")
  end
  local lost = summary.errors
  print(string.format(
    'MEASURED {"sent": %d, "answered": %d, "refused": %d, "broken": %d, "p50_ms": %.2f, "p99_ms": %.2f}',
    all, summary.requests, lost.status, lost.connect + lost.read + lost.write,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
