// <form data-api="POST /api/v1/…" data-then="/meetings/{id}|refresh|stay" data-confirm="…?">: sends the form as JSON and shows
// the answer. {name} in the address is taken from the field of that name. With enctype="multipart/form-data" files go along.
// `data-persist` on a form sends it until the server has answered (sending.js). After `stay` the form dispatches `form:done` (bubbling) with the answer in event.detail.

import { announce, confirmed } from "./dialogs.js";
import { bodyOf } from "./body.js";
import { clearProblem, showProblem } from "./problems.js";
import { send } from "./sending.js";
import "./rows.js";
import "./tabs.js";
import "./unsaved.js";

const texts = document.getElementById("texts")?.dataset ?? {};
const sending = new WeakSet();

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
    await answered(form, await send(form, request(form, submitter)));
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
