// Follows /stream for the topics named in <body data-live-topics>; each change becomes the event `live:<name>` on body, which
// htmx fragments listen to. While the line is down a banner says so; when it is back, everything on the page is asked for anew.
// How many have voted stands in the frame and goes straight into the page: elements with data-turnout="<poll>".

const NAMES = ["agenda", "sitting", "poll", "ballots", "my_ballot", "conclusion", "minutes", "task", "document", "opinion", "official", "directory"];
const GRACE_MS = 2500;
const ASKED_AT_ONCE = 50;
const MS_FOR_EACH = 2;
const SPREAD_MS = 10000;
const AGAIN_MS = 1000;
const banner = document.getElementById("connection");
const topics = document.body.dataset.liveTopics?.trim();
let source = null;
let position = Number(document.body.dataset.livePosition) || 0;
let losing = 0;
let again = 0;
let failures = 0;
let told = 0;
const toldAt = {};
const turnout = {};

// Fragments are then asked for with the cookie, so that a gateway that is behind this stream's catches up first.
function remember() {
  const seen = Number(document.cookie.match(/(?:^|; )seen=(\d+)/)?.[1]) || 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (position > seen) document.cookie = `seen=${position}; path=/; samesite=strict${secure}`;
}

function tell(name) {
  toldAt[name] = told += 1;
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: { position } }));
}

/** A hall that hears of a change together does not ask together: the more there are, the longer they spread. */
function tellInTurn(name, among) {
  const spread = among > ASKED_AT_ONCE ? Math.min(among * MS_FOR_EACH, SPREAD_MS) : 0;
  if (spread) setTimeout(tell, Math.random() * spread, name);
  else tell(name);
}

function showTurnout() {
  for (const [poll, [voted, roll]] of Object.entries(turnout)) {
    for (const place of document.querySelectorAll(`[data-turnout="${CSS.escape(poll)}"]`)) {
      for (const each of place.querySelectorAll("[data-voted]")) {
        if (each instanceof HTMLProgressElement) each.value = voted;
        else each.textContent = each.dataset.voted.replace("{voted}", voted).replace("{roll}", roll);
      }
    }
  }
}

function heard(name, event) {
  position = Number(event.lastEventId) || position;
  remember();
  const data = JSON.parse(event.data);
  if (name === "ballots") {
    showTurnout(Object.assign(turnout, data.turnout));
    if (!Object.keys(data.turnout).length) tell("turnout");
  }
  tellInTurn(name, name === "ballots" ? 0 : data.among);
}

function follows(fragment) {
  return Array.from(fragment.getAttribute("hx-trigger")?.matchAll(/live:(\w+)/g) ?? [], ([, name]) => name);
}

/** In a while, and only what still stands by then: whatever has replaced it was asked for later. */
function askAgain(fragment, wait) {
  const stands = () => fragment.isConnected && follows(fragment).length > 0;
  const ask = () => stands() && htmx.ajax("GET", fragment.getAttribute("hx-get"), { source: fragment });
  setTimeout(ask, wait * (1 + Math.random()));
}

function asking(event) {
  const { ctx } = event.detail;
  Object.assign(ctx, { asker: ctx.sourceElement, told });
  if (!ctx.asker.isConnected) event.preventDefault(); // it waited its turn, and its element is replaced meanwhile
}

// What was told while an answer was on its way may not be in it. An element that stays is asked for again by htmx, but with one that is
// replaced htmx forgets what it kept for it; and a part may have shown already what an older answer for the whole now hides.
function brought({ detail: { ctx } }) {
  const since = Object.keys(toldAt).filter((name) => toldAt[name] > ctx.told);
  if (!since.length) return;
  const fragment = ctx.sourceElement;
  const own = follows(fragment);
  if (fragment !== ctx.asker && own.some((name) => since.includes(name))) askAgain(fragment, AGAIN_MS);
  for (const part of fragment.querySelectorAll("[hx-get]")) {
    if (follows(part).some((name) => since.includes(name) && !own.includes(name))) askAgain(part, AGAIN_MS);
  }
  if (since.includes("ballots")) showTurnout();
}

/** Most streams break when answers fail, but what was heard before is not told again. */
function answered({ detail: { ctx } }) {
  if (!(ctx.response?.status < 500)) askAgain(ctx.sourceElement, SPREAD_MS);
}

function lost() {
  losing ||= setTimeout(() => (banner.hidden = false), GRACE_MS);
}

function found() {
  clearTimeout(losing);
  losing = 0;
  failures = 0;
  banner.hidden = true;
}

function connect() {
  clearTimeout(again);
  source?.close();
  source = new EventSource(`/stream?topics=${encodeURIComponent(`${topics} me`)}&after=${position}`);
  source.onopen = found;
  source.onerror = () => {
    lost();
    // The browser reconnects by itself after a cut, but never after an answer such as 503.
    if (source.readyState === EventSource.CLOSED) {
      failures += 1;
      again = setTimeout(connect, Math.min(1000 * 2 ** failures, 15000) * (0.5 + Math.random() / 2));
    }
  };
  for (const name of NAMES) {
    source.addEventListener(name, (event) => heard(name, event));
  }
}

if (topics) {
  document.addEventListener("htmx:before:request", asking);
  document.addEventListener("htmx:after:swap", brought);
  document.addEventListener("htmx:finally:request", answered);
  connect();
  addEventListener("online", connect);
  addEventListener("offline", lost);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
}
