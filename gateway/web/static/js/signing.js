// Signing with a program on this computer, by hand: #own-form gets two addresses that work once each; the page takes the file
// from one, keeps it, and gives it to the person; the signed file is looked at before it uses up the other address. How long they
// live is counted by this page's own clock, for computers are often minutes off, and said aloud when little is left.

import { announce } from "./dialogs.js";
import { clearProblem } from "./problems.js";

const part = document.getElementById("own-way");
const words = part.dataset;
const texts = document.getElementById("texts").dataset;
const form = document.getElementById("own-form");
const steps = document.getElementById("own-given");
const again = document.getElementById("own-again");
const left = document.getElementById("own-left");
const comeBack = document.getElementById("own-return");
const zone = document.getElementById("own-drop");
const bar = document.getElementById("own-progress");
const SPOKEN_MINUTES = [20, 10, 5, 2, 1];

let given = null;
let original = null;
let counting = 0;

/** The addresses name the deployment; this computer reaches it where the page came from. */
export function here(address) {
  return new URL(new URL(address).pathname, location.origin).href;
}

form.addEventListener("form:done", ({ detail }) => begin(detail));
again.querySelector("button").addEventListener("click", anew);
document.getElementById("own-download").addEventListener("click", download);

function begin(answer) {
  given = answer;
  original = null;
  for (const place of steps.querySelectorAll("[data-answer]")) place.textContent = answer[place.dataset.answer];
  for (const each of steps.querySelectorAll("[data-if]")) each.hidden = !answer[each.dataset.if];
  for (const each of steps.querySelectorAll("[data-unless]")) each.hidden = Boolean(answer[each.dataset.unless]);
  for (const each of steps.querySelectorAll("[data-way]")) each.hidden = each.dataset.way !== answer.way;
  comeBack.hidden = true;
  quiet();
  form.hidden = true;
  steps.hidden = false;
  again.hidden = false;
  steps.focus();
  count(performance.now() + 1000 * answer.life_seconds);
}

/** Back to the password: addresses that are asked for now end the earlier ones. */
function anew() {
  stop();
  quiet();
  form.hidden = false;
  again.hidden = true;
  clearProblem(form);
  form.querySelector("[type=password]").focus();
}

export function stop() {
  clearInterval(counting);
  given = null;
  steps.hidden = true;
}

/** The addresses are of no more use. */
export function ended(sentence) {
  stop();
  say(sentence);
}

export function say(sentence) {
  const problem = document.getElementById("own-problem");
  problem.querySelector("p").textContent = sentence;
  problem.hidden = false;
  problem.focus();
}

export function quiet() {
  document.getElementById("own-problem").hidden = true;
}

function count(end) {
  clearInterval(counting);
  let spoken = Infinity;
  const show = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds <= 0) return ended(words.over);
    const minutes = Math.floor(seconds / 60);
    left.textContent = words.left.replace("{minutes}", minutes).replace("{seconds}", seconds % 60);
    const due = SPOKEN_MINUTES.findLast((each) => seconds <= 60 * each);
    if (due < spoken && spoken !== Infinity) announce(words.soon.replace("{minutes}", due));
    spoken = due ?? 60;
  };
  show();
  counting = setInterval(show, 1000);
}

async function download() {
  quiet();
  if (!original) {
    const answer = await fetch(here(given.download_url), { credentials: "omit" }).catch(() => null);
    if (!answer) return say(texts.network);
    if (!answer.ok) return ended(await sentenceOf(answer));
    original = new Uint8Array(await answer.arrayBuffer());
  }
  save(new Blob([original], { type: "application/pdf" }));
  comeBack.hidden = false;
  announce(words.saved);
}

async function sentenceOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? texts.unknown;
}

function save(blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = words.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

zone.addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) bring(file);
});

for (const name of ["dragover", "dragleave", "drop"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.toggleAttribute("data-over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) bring(event.dataTransfer.files[0]);
  });
}

/** What cannot be it is not sent, so that the address is not used up by a slip. */
async function bring(file) {
  quiet();
  const signed = new Uint8Array(await file.arrayBuffer());
  if (signed.length < original.length || !original.every((byte, at) => byte === signed[at])) return say(words.other);
  if (signed.length === original.length) return say(words.unsigned);
  bar.hidden = false;
  const answer = await sent(file);
  bar.hidden = true;
  if (answer === null) return say(texts.network);
  if (answer.ok) return done();
  return ended(words.refused.replace("{reason}", answer.detail));
}

export function done() {
  stop();
  announce(words.signed);
  location.reload();
}

/** Resolves to null when the line is lost; nothing is sent twice, for the first may have arrived. */
function sent(file) {
  const request = new XMLHttpRequest();
  request.open("POST", here(given.upload_url));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("Accept", "application/json");
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  };
  return new Promise((resolve) => {
    request.onerror = () => resolve(null);
    request.onload = () => resolve({ ok: request.status < 300, detail: detailOf(request) });
    request.send(file);
  });
}

function detailOf(request) {
  try {
    return JSON.parse(request.responseText).detail ?? texts.unknown;
  } catch {
    return texts.unknown;
  }
}
