// <div class="finder" data-finder="id of a select" data-source="/people/_found">: finds somebody by words of their name, position or
// unit, in any order and without marks: first those in that select, then those whom the server knows (_people_found.html). The select
// stays what is sent; rows that are added later have finders too (_people.html).

import { folded } from "./folded.js";

const SHOWN = 8;
const PAUSE_MS = 200;
const texts = document.getElementById("texts")?.dataset ?? {};
const asking = new WeakMap();

function parts(finder) {
  return {
    finder,
    select: document.getElementById(finder.dataset.finder),
    input: finder.querySelector("[role=combobox]"),
    list: finder.querySelector("[role=listbox]"),
    status: finder.querySelector("[role=status]"),
  };
}

function wordsOf(text) {
  return folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function matches(option, words) {
  const known = wordsOf(option.label);
  return option.value !== "" && words.every((word) => known.some((each) => each.startsWith(word)));
}

/** Asks when the typing pauses; until the answer is there, nobody is shown whom Enter could choose. */
async function find(of) {
  stopAsking(of.finder);
  show(of, [], "");
  const words = wordsOf(of.input.value);
  if (words.length === 0) return undefined;
  const mine = new AbortController();
  asking.set(of.finder, mine);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const answer = mine.signal.aborted ? null : await asked(of.finder.dataset.source, words, mine.signal);
  if (mine.signal.aborted) return undefined;
  asking.delete(of.finder);
  if (!answer) return show(of, [], texts.network);
  return showFound(of, words, answer);
}

function stopAsking(finder) {
  asking.get(finder)?.abort();
  asking.delete(finder);
}

/** The list that the server answers; null when there is no answer. */
async function asked(source, words, signal) {
  const url = new URL(source, location);
  url.searchParams.set("q", words.join(" "));
  try {
    const response = await fetch(url, { signal });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html").querySelector("ul") : null;
  } catch {
    return null;
  }
}

function showFound(of, words, answer) {
  const { finder, select } = of;
  const near = Array.from(select.options).filter((option) => matches(option, words));
  const chosen = new Set(select.multiple ? Array.from(select.selectedOptions, (option) => option.value) : []);
  const found = new Map(near.map((option) => [option.value, { label: option.label, ...option.dataset }]));
  for (const each of answer.children) {
    const { value, ...more } = each.dataset;
    if (!found.has(value)) found.set(value, { label: each.textContent, ...more });
  }
  const count = Number(answer.dataset.count) - near.filter((option) => chosen.has(option.value)).length;
  const { none, more } = finder.dataset;
  const sentence = count === 0 ? none : count > SHOWN ? more : finder.dataset.found;
  show(of, [...found].filter(([value]) => !chosen.has(value)).slice(0, SHOWN), sentence.replace("{count}", count));
}

function show({ input, list, status }, found, sentence) {
  list.replaceChildren(...found.map(([value, { label, position }], at) => {
    const shown = document.createElement("li");
    Object.assign(shown, { id: `${list.id}-${at}`, role: "option", textContent: label });
    shown.dataset.value = value;
    if (position) shown.dataset.position = position;
    return shown;
  }));
  status.textContent = sentence;
  list.hidden = found.length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  point(input, list, 0);
}

/** The one that Enter chooses. */
function point(input, list, at) {
  const found = Array.from(list.children);
  found.forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
  if (!found[at]) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", found[at].id);
  return found[at].scrollIntoView({ block: "nearest" });
}

function move(input, list, step) {
  const found = Array.from(list.children);
  const now = found.findIndex((each) => each.id === input.getAttribute("aria-activedescendant"));
  point(input, list, (now + step + found.length) % found.length);
}

function close(of) {
  stopAsking(of.finder);
  of.input.value = "";
  show(of, [], "");
}

function choose(of, shown) {
  const { finder, select, status } = of;
  const option = Array.from(select.options).find((each) => each.value === shown.dataset.value) ?? added(select, shown);
  option.selected = true;
  close(of);
  status.textContent = finder.dataset.chosen.replace("{name}", option.label);
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function added(select, shown) {
  const option = new Option(shown.textContent, shown.dataset.value);
  if (shown.dataset.position) option.dataset.position = shown.dataset.position;
  select.append(option);
  return option;
}

/** Of a list from which several are chosen: who is, each with a button to take them out again. */
function showChosen({ finder, select }) {
  const chosen = finder.querySelector(".finder-chosen");
  if (!select.multiple) return;
  chosen.replaceChildren(...Array.from(select.selectedOptions, (option) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "quiet", textContent: finder.dataset.unchoosing.replace("{name}", option.label) });
    button.dataset.unchoose = option.value;
    item.append(button);
    return item;
  }));
  chosen.hidden = chosen.children.length === 0;
}

function unchoose(of, value) {
  for (const option of of.select.selectedOptions) if (option.value === value) option.selected = false;
  showChosen(of);
  of.input.focus();
}

document.addEventListener("input", ({ target }) => {
  const finder = target.closest("[role=combobox]")?.closest(".finder");
  if (finder) find(parts(finder));
});

document.addEventListener("change", ({ target }) => {
  const finder = document.querySelector(`.finder[data-finder="${target.id}"]`);
  if (finder) showChosen(parts(finder));
});

document.addEventListener("keydown", (event) => {
  const finder = event.target.closest("[role=combobox]")?.closest(".finder");
  if (!finder) return;
  const of = parts(finder);
  const pointed = of.list.querySelector("[aria-selected=true]");
  const acts = { Enter: () => pointed && choose(of, pointed) };
  if (!of.list.hidden) Object.assign(acts, { ArrowDown: () => move(of.input, of.list, 1), ArrowUp: () => move(of.input, of.list, -1), Escape: () => close(of) });
  if (event.isComposing || !acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

document.addEventListener("click", ({ target }) => {
  const finder = target.closest(".finder");
  const shown = target.closest("[role=option]");
  if (finder && shown) choose(parts(finder), shown);
  const taken = target.closest("[data-unchoose]");
  if (finder && taken) unchoose(parts(finder), taken.dataset.unchoose);
});

// The words keep the focus while one of those found is pressed.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest(".finder [role=listbox]")) event.preventDefault();
});

// What stands below a list moves up when it closes: not before the press that closes it has arrived there.
let pressed = false;
let closing = null;

function released() {
  if (closing) close(parts(closing));
  pressed = false;
  closing = null;
}

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(released), true);

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const finder = target.closest("[role=combobox]")?.closest(".finder");
  if (!finder || finder.contains(relatedTarget)) return;
  if (pressed) closing = finder;
  else close(parts(finder));
});

document.documentElement.dataset.finds = "";
