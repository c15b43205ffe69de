// The writing desk: what was saved becomes the form's own value, so that forms.js's reset keeps it; unsaved text is marked,
// is not lost by leaving the page unasked, and is not forgotten by submitting the minutes.

const forms = [...document.querySelectorAll("form[data-keeps]")];

function unsaved(form) {
  return [...form.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
}

function mark(form) {
  const note = form.querySelector("[data-unsaved]");
  if (note) note.hidden = !unsaved(form);
}

for (const form of forms) {
  let sent = null;
  mark(form); // for what was typed before this script came
  form.addEventListener("input", () => mark(form));
  form.addEventListener("submit", () => {
    sent = [...form.querySelectorAll("textarea, input")].map((field) => [field, field.value]);
  });
  form.addEventListener("form:done", (event) => {
    const typed = [...form.querySelectorAll("textarea")].map((field) => [field, field.value]);
    for (const [field, value] of sent ?? []) field.defaultValue = value;
    const revision = form.elements.namedItem("revision");
    if (revision && event.detail.revision !== undefined) revision.defaultValue = String(event.detail.revision);
    queueMicrotask(() => {
      for (const [field, value] of typed) field.value = value;
      mark(form);
    });
  });
}

window.addEventListener("beforeunload", (event) => {
  if (forms.some(unsaved)) event.preventDefault();
});

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches?.("form[data-needs-saved]")) return;
    const open = forms.find(unsaved);
    event.target.querySelector("[role=alert]").textContent = open ? event.target.dataset.needsSaved : "";
    if (!open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open.querySelector("textarea, input:not([type=hidden])").focus();
  },
  true,
);
