// The working screen: the roll's filter and keyboard, the absence dialog, and details that stay open when a panel refreshes.

import { folded } from "./folded.js";

globalThis.htmx?.config.morphIgnore?.push("open");

const filter = document.querySelector("[data-roll-filter]");
const stateFilter = document.querySelector("[data-roll-state]");
const main = document.getElementById("main");
let chosen = "";

function rows() {
  return Array.from(document.querySelectorAll("#roll-call tbody tr"));
}

function shown() {
  return rows().filter((row) => !row.hidden);
}

function apply() {
  const words = folded(filter?.value ?? "").split(/\s+/).filter(Boolean);
  const states = (stateFilter?.value ?? "").split(" ").filter(Boolean);
  for (const row of rows()) {
    const name = folded(row.dataset.name);
    const hidden = !words.every((word) => name.includes(word)) || (states.length > 0 && !states.includes(row.dataset.state));
    if (row.hidden !== hidden) row.hidden = hidden;
  }
  const none = document.querySelector(".roll-none");
  const empty = shown().length === 0;
  if (none && none.hidden === empty) none.hidden = !empty;
  mark();
}

function mark() {
  const visible = shown();
  if (!visible.some((row) => row.id === chosen)) chosen = filter?.value ? (visible[0]?.id ?? "") : "";
  for (const row of rows()) {
    if (row.id === chosen && filter?.value) row.dataset.chosen = "";
    else delete row.dataset.chosen;
  }
}

function move(step) {
  const visible = shown();
  const place = visible.findIndex((row) => row.id === chosen);
  const next = visible[Math.min(Math.max(place + step, 0), visible.length - 1)];
  if (!next) return;
  chosen = next.id;
  mark();
  next.scrollIntoView({ block: "nearest" });
}

function recordPresent() {
  const form = document.getElementById(chosen)?.querySelector("[data-key=present]");
  if (!form) return;
  form.requestSubmit();
  filter.value = "";
  apply();
}

filter?.addEventListener("input", apply);
stateFilter?.addEventListener("change", apply);
filter?.addEventListener("keydown", (event) => {
  const act = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: recordPresent }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-absence]");
  if (!button) return;
  const dialog = document.getElementById("absence-dialog");
  dialog.querySelector("[name=person_id]").value = button.dataset.absence;
  dialog.querySelector("[data-absence-name]").textContent = button.closest("tr").dataset.name;
  dialog.showModal();
});

if (filter) {
  apply();
  new MutationObserver(apply).observe(main, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-state"] });
}

// A ballot that comes while the page is open is brought before whoever is to fill it in, unless they are writing something.
const polls = document.getElementById("polls-now");
let papers = null;

function bringNewBallot() {
  const now = [...polls.querySelectorAll("form[id^='vote-']")];
  const fresh = papers && now.find((each) => !papers.has(each.id));
  papers = new Set(now.map((each) => each.id));
  if (!fresh || document.querySelector("dialog[open]") || document.activeElement?.matches("input, select, textarea")) return;
  const { top, bottom } = fresh.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) polls.closest("section").scrollIntoView();
}

if (polls) new MutationObserver(bringNewBallot).observe(polls, { childList: true, subtree: true });
