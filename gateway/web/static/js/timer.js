// Speaking timers. <div class="timer" data-since="time the floor was given" data-now="server's time when this was rendered"
// data-seconds="300"> with <output> for the figure and <span data-words data-running="…" data-warn="…" data-over="…">.
// Counts down to zero and then up over it; without data-seconds it counts up. The server's clock decides, since tablets
// are often minutes off: the difference is taken anew whenever a fragment brings a new data-now.

const WARN_SECONDS = 60;
const clocks = new WeakMap();

function serverTime(timer) {
  const known = clocks.get(timer);
  if (known?.now === timer.dataset.now) return Date.now() + known.offset;
  const offset = Date.parse(timer.dataset.now) - Date.now() || 0;
  clocks.set(timer, { now: timer.dataset.now, offset });
  return Date.now() + offset;
}

function figure(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  const clock = `${hours ? `${hours}:` : ""}${minutes}:${String(whole % 60).padStart(2, "0")}`;
  return seconds < 0 ? `+${clock}` : clock;
}

function stateOf(allowed, left) {
  if (allowed === 0) return "running";
  if (left < 0) return "over";
  return left <= WARN_SECONDS && allowed > WARN_SECONDS ? "warn" : "running";
}

function show(timer) {
  const elapsed = Math.max(0, (serverTime(timer) - Date.parse(timer.dataset.since)) / 1000);
  const allowed = Number(timer.dataset.seconds ?? 0);
  const left = allowed - Math.floor(elapsed);
  const state = stateOf(allowed, left);
  const output = timer.querySelector("output") ?? timer;
  const text = figure(allowed > 0 ? left : elapsed);
  if (output.textContent !== text) output.textContent = text;
  if (timer.dataset.state === state) return;
  timer.dataset.state = state;
  const words = timer.querySelector("[data-words]");
  if (words) words.textContent = words.dataset[state] ?? "";
}

function showAll() {
  document.querySelectorAll(".timer[data-since]").forEach(show);
}

showAll();
setInterval(showAll, 250);
new MutationObserver(showAll).observe(document.getElementById("main") ?? document.body, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["data-now", "data-seconds"],
});
