// <div class="dropzone" data-upload="/api/v1/…" data-query-kind="main" data-then="refresh"> with an <input type="file" multiple>:
// each file goes as the raw body of its own request, two at a time. Named fields inside the zone and data-query-* become query
// parameters, and none of them may be wrong before a file is taken; data-method changes POST. Tells `upload:done` (bubbling) per file;
// when all went well `data-then` is followed.

import { announce } from "./dialogs.js";
import { uuid } from "./body.js";

const texts = document.getElementById("texts")?.dataset ?? {};
const CHOOSERS = '[data-upload] input[type="file"]';
const PARALLEL = 2;
const TRIES = 3;
const queue = [];
let running = 0;

document.addEventListener("change", (event) => {
  if (event.target.matches?.(CHOOSERS)) chosen(event.target);
});

// Somebody may have been faster than this script.
for (const input of document.querySelectorAll(CHOOSERS)) if (input.files.length) chosen(input);

function chosen(input) {
  take(input.closest("[data-upload]"), input.files);
  input.value = "";
}

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-upload]");
    if (!zone) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", name === "dragover");
    if (name === "drop") take(zone, event.dataTransfer.files);
  });
}

function take(zone, files) {
  const wrong = Array.from(zone.querySelectorAll("select[name], input[name]")).find((each) => !each.checkValidity());
  if (wrong) return void wrong.reportValidity();
  for (const file of files) queue.push({ zone, file, key: uuid(), row: rowFor(zone, file) });
  zone.dataset.open = Number(zone.dataset.open ?? 0) + files.length;
  pump();
}

function pump() {
  while (running < PARALLEL && queue.length) {
    const job = queue.shift();
    running += 1;
    send(job, 1).then((fate) => finish(job, fate)).finally(() => {
      running -= 1;
      pump();
    });
  }
}

function made(name, className, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

function size(bytes) {
  const unit = bytes >= 1e6 ? "megabyte" : "kilobyte";
  const number = bytes / (bytes >= 1e6 ? 1e6 : 1e3);
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(number);
}

function rowFor(zone, file) {
  let list = zone.querySelector(".upload-list");
  if (!list) zone.append((list = made("ul", "upload-list")));
  const row = document.createElement("li");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(made("span", "upload-name", file.name), made("span", "row-meta", size(file.size)), bar, made("span", "upload-fate", texts.waiting));
  list.append(row);
  return row;
}

function address(zone) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(zone.dataset)) {
    if (name.startsWith("query") && value) query.set(name.slice(5).replace(/[A-Z]/g, (letter, at) => (at ? "_" : "") + letter.toLowerCase()), value);
  }
  for (const control of zone.querySelectorAll("select[name], input[name]:not([type=file])")) {
    const off = (control.type === "checkbox" || control.type === "radio") && !control.checked;
    if (control.value && !off) query.set(control.name, control.value);
  }
  return query.size === 0 ? zone.dataset.upload : `${zone.dataset.upload}?${query}`;
}

/** Resolves to {ok, detail, answer}; a lost line or a 503 is tried again under the same key. */
async function send(job, attempt) {
  const fate = await once(job);
  if (!fate.again || attempt === TRIES) return fate;
  await new Promise((resolve) => setTimeout(resolve, 500 * 3 ** attempt * (0.5 + Math.random() / 2)));
  return send(job, attempt + 1);
}

function once({ zone, file, key, row }) {
  const request = new XMLHttpRequest();
  const bar = row.querySelector("progress");
  const fate = row.querySelector(".upload-fate");
  request.open(zone.dataset.method ?? "POST", address(zone));
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.normalize("NFC")));
  request.setRequestHeader("Idempotency-Key", key);
  request.setRequestHeader("Accept", "application/json");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    fate.textContent = `${Math.floor(100 * bar.value)} %`;
  };
  return new Promise((resolve) => {
    request.onerror = () => resolve({ ok: false, again: true, detail: texts.network });
    request.onload = () => resolve(judged(zone, request));
    request.send(file);
  });
}

function judged(zone, request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    answer = {};
  }
  const ok = request.status >= 200 && request.status < 300;
  return { ok, again: request.status === 503, detail: ok ? texts.uploaded : told(zone, answer), answer };
}

/** The sentence, and which field of the zone is meant. */
function told(zone, { detail = texts.unknown, errors = [] }) {
  const named = errors.map((error) => {
    const control = Array.from(zone.querySelectorAll("[name]")).find((each) => `/${each.name}` === error.pointer);
    const label = control?.labels?.[0]?.firstChild?.textContent.trim();
    return label ? `${label}: ${error.detail}` : error.detail;
  });
  return [detail, ...named].join(" ");
}

function finish({ zone, file, row }, { ok, detail, answer }) {
  const fate = row.querySelector(".upload-fate");
  row.querySelector("progress").value = ok ? 1 : 0;
  fate.textContent = detail;
  fate.dataset.tone = ok ? "good" : "bad";
  announce(`${file.name}: ${detail}`);
  zone.dataset.open = Number(zone.dataset.open) - 1;
  if (!ok) zone.dataset.failed = "true";
  zone.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: { ok, answer } }));
  if (zone.dataset.open !== "0" || zone.dataset.failed) return;
  const then = zone.dataset.then ?? "stay";
  if (then === "refresh") location.reload();
  else if (then !== "stay") location.assign(then.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(answer[name] ?? "")));
}
