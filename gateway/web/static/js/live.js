// Follows /stream for the topics named in <body data-live-topics>; each change becomes the event `live:<name>` on body, which
// htmx fragments listen to. While the line is down a banner says so; when it is back, everything on the page is asked for anew.

const NAMES = ["agenda", "sitting", "poll", "ballots", "conclusion", "minutes", "task", "document", "opinion", "directory"];
const GRACE_MS = 2500;
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
  source = new EventSource(`/stream?topics=${encodeURIComponent(topics)}&after=${position}`);
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
    source.addEventListener(name, (event) => {
      position = Number(event.lastEventId) || position;
      remember();
      tell(name);
    });
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
