// <form data-api="POST /api/v1/…" data-then="/meetings/{id}|refresh|stay" data-confirm="…?">: sends the form as JSON and shows
// the answer. {name} in the address is taken from the field of that name. With enctype="multipart/form-data" files go along.
// After `stay` the form dispatches `form:done` (bubbling) with the answer in event.detail.

import { announce, confirmed } from "./dialogs.js";
import { bodyOf, uuid } from "./body.js";
import { clearProblem, showProblem } from "./problems.js";
import "./rows.js";

const texts = document.getElementById("texts")?.dataset ?? {};
const TRIES = 4;
const sending = new WeakSet();
const keys = new WeakMap();

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.dataset.api) return;
  event.preventDefault();
  submit(event.target, event.submitter);
});

async function submit(form, submitter) {
  if (sending.has(form)) return;
  const button = submitter ?? form.querySelector("button:not([type=button])");
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  sending.add(form);
  try {
    if (question && !(await confirmed(question, button?.textContent.trim(), button?.classList.contains("danger")))) return;
    clearProblem(form);
    busy(button, true);
    announce(texts.sending);
    await answered(form, await send(form, submitter));
  } finally {
    sending.delete(form);
    busy(button, false);
  }
}

function busy(button, is) {
  button?.toggleAttribute("aria-busy", is);
  if (is) button?.setAttribute("aria-busy", "true");
  if (is) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
}

function request(form, submitter) {
  const [method, template] = form.dataset.api.split(" ", 2);
  const body = bodyOf(form, submitter);
  const url = template.replace(/\{(\w+)\}/g, (_, name) => {
    const value = body[name];
    delete body[name];
    return encodeURIComponent(value ?? "");
  });
  const headers = { Accept: "application/json" };
  if (form.enctype === "multipart/form-data") return { method, url, headers, body: new FormData(form, submitter), print: `${url} ${Date.now()}` };
  headers["Content-Type"] = "application/json";
  const text = JSON.stringify(body);
  return { method, url, headers, body: text, print: `${method} ${url} ${text}` };
}

/** The same words sent again after a lost answer carry the same key, so that the server does them once. */
function keyFor(form, print) {
  const kept = keys.get(form);
  if (kept?.print === print) return kept.key;
  const key = uuid();
  keys.set(form, { print, key });
  return key;
}

async function send(form, submitter) {
  const { method, url, headers, body, print } = request(form, submitter);
  headers["Idempotency-Key"] = keyFor(form, print);
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { method, headers, body, credentials: "same-origin" }).catch(() => null);
    if (response && response.status !== 503) {
      keys.delete(form);
      return response;
    }
    if (attempt === TRIES) return response;
    await pause(attempt, response?.headers.get("Retry-After"));
  }
}

function pause(attempt, retryAfter) {
  const longest = Math.max(400 * 3 ** (attempt - 1), Math.min(Number(retryAfter) || 0, 5) * 1000);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}

async function answered(form, response) {
  if (!response) return showProblem(form, { detail: texts.network });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) return showProblem(form, { ...answer, detail: answer.detail ?? texts.unknown });
  announce(texts.done);
  form.closest("dialog")?.close();
  return follow(form, answer);
}

function follow(form, answer) {
  const then = form.dataset.then || "refresh";
  form.dispatchEvent(new CustomEvent("form:done", { bubbles: true, detail: answer }));
  if (then === "stay") return form.reset();
  if (then === "refresh") return location.reload();
  const url = then.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(answer[name] ?? ""));
  if (new URL(url, location).origin !== location.origin) return location.assign("/");
  if (url.split("#")[0] === location.pathname + location.search) {
    location.hash = url.split("#")[1] ?? "";
    return location.reload();
  }
  return location.assign(url);
}

// From here on a press is heard; the style sheet keeps forms from being pressed before.
document.documentElement.dataset.ready = "";
