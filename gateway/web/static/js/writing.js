// <form data-writing>: the form of an official document. What does not concern the chosen type ([data-kinds]) or the right by
// which is signed ([data-competences]) is neither shown nor sent; a recipient's purpose goes with its tick.

const form = document.querySelector("form[data-writing]");
const kind = form.elements.namedItem("kind");
const competence = form.elements.namedItem("signatory.competence");
const signatory = form.elements.namedItem("signatory.person_id");
const position = form.elements.namedItem("signatory.position");
let changed = false;

function concerns(group, is) {
  group.hidden = !is;
  for (const control of group.querySelectorAll("input, select, textarea")) control.disabled = !is;
}

function fit() {
  for (const group of form.querySelectorAll("[data-kinds]")) concerns(group, group.dataset.kinds.split(" ").includes(kind.value));
  for (const group of form.querySelectorAll("[data-competences]")) {
    concerns(group, group.dataset.competences.split(" ").includes(competence.value));
  }
  need(form.elements.namedItem("drafter_symbol"), form.dataset.ownSymbol);
  need(form.elements.namedItem("addressees"), form.dataset.invited);
}

function need(control, kinds) {
  if (!control) return;
  control.required = (kinds ?? "").split(" ").includes(kind.value);
  control.labels[0].querySelector(".optional").hidden = control.required;
}

function fitRecipient(row) {
  const chosen = row.querySelector("[type=checkbox]").checked;
  for (const control of row.querySelectorAll("select, [type=hidden]")) control.disabled = !chosen;
  row.querySelector("select").hidden = !chosen;
}

/** The position is the directory's until somebody writes another one. */
let known = signatory.selectedOptions[0]?.dataset.position ?? "";
function takePosition() {
  const own = signatory.selectedOptions[0]?.dataset.position ?? "";
  if (position.value === "" || position.value === known) position.value = own;
  known = own;
}

form.addEventListener("change", ({ target }) => {
  if (target === signatory) takePosition();
  const row = target.closest("[data-recipient]");
  if (row && target.type === "checkbox") fitRecipient(row);
  fit();
});
form.addEventListener("input", () => (changed = true));
form.addEventListener("form:done", () => (changed = false));
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

fit();
form.querySelectorAll("[data-recipient]").forEach(fitRecipient);
