// <div class="finder" data-finder="id of a select">: finds somebody in that long list by words of their name or position, in any
// order and without marks. The select stays what is sent; rows that are added later have finders too (_people.html).

import { folded } from "./folded.js";

const SHOWN = 8;
const known = new WeakMap();

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

/** Those of that name before those whose position has the words too; otherwise as they stand in the list. */
function matches(select, words) {
  const found = Array.from(select.options).filter((option) => {
    if (!option.value || (select.multiple && option.selected)) return false;
    if (!known.has(option)) known.set(option, wordsOf(option.label));
    return begin(known.get(option), words);
  });
  const named = new Set(found.filter((option) => begin(wordsOf(option.label.split(",")[0]), words)));
  return [...named, ...found.filter((option) => !named.has(option))];
}

function begin(known, words) {
  return words.every((word) => known.some((each) => each.startsWith(word)));
}

function find({ finder, select, input, list, status }) {
  const words = wordsOf(input.value);
  const found = words.length ? matches(select, words) : [];
  list.replaceChildren(...found.slice(0, SHOWN).map((option, at) => {
    const shown = document.createElement("li");
    Object.assign(shown, { id: `${list.id}-${at}`, role: "option", textContent: option.label });
    shown.dataset.value = option.value;
    return shown;
  }));
  const { none, more } = finder.dataset;
  const sentence = found.length === 0 ? none : found.length > SHOWN ? more : finder.dataset.found;
  status.textContent = words.length ? sentence.replace("{count}", found.length) : "";
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

function close({ input, list, status }) {
  input.value = "";
  list.replaceChildren();
  list.hidden = true;
  status.textContent = "";
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(of, shown) {
  const { finder, select, status } = of;
  const option = Array.from(select.options).find((each) => each.value === shown.dataset.value);
  option.selected = true;
  close(of);
  status.textContent = finder.dataset.chosen.replace("{name}", option.label);
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
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
