-- wrk: MODE=list|one|streaming|search; ids from the file IDS
local ids, n = {}, 0
for l in io.lines(os.getenv("IDS")) do n = n + 1; ids[n] = l end
local comm = { "Finances", "Lois", "D%C3%A9fense", "Affaires%20sociales", "Affaires%20%C3%A9conomiques" }
local words = { "finances", "commission", "audition", "budget", "loi", "d%C3%A9fense", "questions", "rapport" }
local mode = os.getenv("MODE")
function init(a) math.randomseed(7) end
function request()
  if mode == "one" then return wrk.format("GET", "/api/debats/" .. ids[math.random(n)]) end
  if mode == "streaming" then return wrk.format("GET", "/api/debats/" .. ids[math.random(n)] .. "/streaming") end
  if mode == "search" then return wrk.format("GET", "/api/search?q=" .. words[math.random(8)] .. "&page=" .. math.random(5)) end
  return wrk.format("GET", "/api/debats/?page=" .. math.random(20) .. "&commission=" .. comm[math.random(5)])
end
function done(s, l)
  local e = s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout
  io.write(string.format("RESULT %.1f %.2f %.2f %d\n", s.requests / s.duration * 1e6, l:percentile(50) / 1000, l:percentile(95) / 1000, e))
end
