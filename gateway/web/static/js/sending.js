// Sends a form's request until somebody answers it. The same words sent again carry the same key, so that the server does them
// once however often they arrive. Most forms give up after a few tries; a ballot (data-persist) never does by itself: it goes on,
// ever more slowly and never all together, says so to whoever waits, and ends only with a receipt or a refusal.

import { announce } from "./dialogs.js";
import { uuid } from "./body.js";

const texts = document.getElementById("texts")?.dataset ?? {};
const TRIES = 4;
const LONGEST_MS = 8000;
const SILENT_MS = 15000;
const LATER = [429, 502, 503, 504];
const keys = new WeakMap();
const unanswered = new Set();

function keyFor(form, print) {
  const kept = keys.get(form);
  if (kept?.print === print) return kept.key;
  const key = uuid();
  keys.set(form, { print, key });
  return key;
}

export async function send(form, { method, url, headers, body, print }) {
  headers["Idempotency-Key"] = keyFor(form, print);
  const persists = form.hasAttribute("data-persist");
  if (persists) unanswered.add(form);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const signal = persists ? AbortSignal.timeout(SILENT_MS) : undefined;
      const response = await fetch(url, { method, headers, body, signal, credentials: "same-origin" }).catch(() => null);
      if (response && !(persists ? LATER : [503]).includes(response.status)) {
        keys.delete(form);
        return response;
      }
      if (attempt === TRIES && !persists) return response;
      if (persists) sayWaiting(form, attempt, response !== null);
      await pause(attempt, response?.headers.get("Retry-After"));
    }
  } finally {
    unanswered.delete(form);
    form.querySelector(":scope > .waiting")?.remove();
  }
}

/** Chosen by chance between half of the time and all of it, so that a hall that failed together does not come back together. */
function pause(attempt, retryAfter) {
  const asked = Math.min(Number(retryAfter) || 0, 5) * 1000;
  const longest = Math.min(Math.max(400 * 3 ** (attempt - 1), asked), Math.max(LONGEST_MS, asked));
  return new Promise((resolve) => {
    setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    addEventListener("online", () => setTimeout(resolve, Math.random() * 1000), { once: true });
  });
}

function sayWaiting(form, attempt, reached) {
  const text = reached ? texts.busy : texts.offline;
  let place = form.querySelector(":scope > .waiting");
  if (!place) {
    place = document.createElement("p");
    place.className = "notice waiting";
    place.dataset.tone = "warn";
    form.prepend(place);
  }
  const words = text.replace("{attempt}", attempt + 1);
  if (place.firstChild?.textContent === words) return;
  place.textContent = words;
  if (attempt === 1 || attempt % 5 === 0) announce(words);
}

addEventListener("beforeunload", (event) => {
  if (unanswered.size) event.preventDefault();
});
