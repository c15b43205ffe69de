// Follows /stream for the topics named in <body data-live-topics>; each change becomes the event `live:<name>` on body, which
// htmx fragments listen to. While the line is down a banner says so; when it is back, everything on the page is asked for anew.
// How many have voted stands in the frame and goes straight into the page: elements with data-turnout="<poll>".

const NAMES = ["agenda", "sitting", "poll", "ballots", "my_ballot", "conclusion", "minutes", "task", "document", "opinion", "official", "directory"];
const GRACE_MS = 2500;
const ASKED_AT_ONCE = 50;
const MS_FOR_EACH = 2;
const SPREAD_MS = 10000;
const banner = document.getElementById("connection");
const topics = document.body.dataset.liveTopics?.trim();
let source = null;
let position = Number(document.body.dataset.livePosition) || 0;
let losing = 0;
let again = 0;
let failures = 0;

// Fragments are then asked for with the cookie, so that a gateway that is behind this stream's catches up first.
function remember() {
  const seen = Number(document.cookie.match(/(?:^|; )seen=(\d+)/)?.[1]) || 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (position > seen) document.cookie = `seen=${position}; path=/; samesite=strict${secure}`;
}

function tell(name) {
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: { position } }));
}

/** A hall that hears of a change together does not ask together: the more there are, the longer they spread. */
function tellInTurn(name, among) {
  const spread = among > ASKED_AT_ONCE ? Math.min(among * MS_FOR_EACH, SPREAD_MS) : 0;
  if (spread) setTimeout(tell, Math.random() * spread, name);
  else tell(name);
}

function showTurnout(turnout) {
  const polls = Object.entries(turnout);
  for (const [poll, [voted, roll]] of polls) {
    for (const place of document.querySelectorAll(`[data-turnout="${CSS.escape(poll)}"]`)) {
      for (const each of place.querySelectorAll("[data-voted]")) {
        if (each instanceof HTMLProgressElement) each.value = voted;
        else each.textContent = each.dataset.voted.replace("{voted}", voted).replace("{roll}", roll);
      }
    }
  }
  if (!polls.length) tell("turnout");
}

function heard(name, event) {
  position = Number(event.lastEventId) || position;
  remember();
  const data = JSON.parse(event.data);
  if (name === "ballots") showTurnout(data.turnout);
  tellInTurn(name, name === "ballots" ? 0 : data.among);
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
  connect();
  addEventListener("online", connect);
  addEventListener("offline", lost);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
}
