// Shows, before a conclusion is recorded, exactly which tasks it will create: the rows that were not in it before.

function row(dialog, group) {
  const item = dialog.querySelector("template").content.cloneNode(true);
  const lead = group.querySelector("[data-lead]");
  const names = Array.from(group.querySelectorAll("[data-coordinates]:checked"), (box) => box.labels[0].textContent.trim());
  item.querySelector("[data-what]").textContent = group.querySelector("[data-what]").value.trim();
  item.querySelector("[data-who]").textContent = lead.selectedOptions[0].textContent;
  item.querySelector("[data-with]").textContent = names.join(", ");
  item.querySelector("[data-coordinated]").hidden = names.length === 0;
  item.querySelector("[data-when]").textContent = group.querySelector("[data-due-means]").textContent;
  return item;
}

function now(group) {
  return [group.querySelector("[data-what]").value.trim(), group.querySelector("[data-lead]").value, group.querySelector("[data-due] input").value].join("|");
}

function preview(form) {
  const dialog = document.getElementById(form.dataset.previewIn);
  const groups = Array.from(form.querySelectorAll("[data-row]"));
  const fresh = groups.filter((group) => !("known" in group.dataset));
  const known = groups.filter((group) => "known" in group.dataset);
  const changed = known.some((group) => now(group) !== group.dataset.before) || known.length < Number(form.dataset.known);
  dialog.querySelector("[data-preview-text]").textContent = form.elements.text.value.trim();
  dialog.querySelector("[data-preview-tasks]").replaceChildren(...fresh.map((group) => row(dialog, group)));
  dialog.querySelector("[data-when-none]").hidden = fresh.length > 0;
  dialog.querySelector("[data-when-some]").hidden = fresh.length === 0;
  dialog.querySelector("[data-when-changed]").hidden = !changed;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview]");
  if (!button) return;
  if (button.form.reportValidity()) preview(button.form);
});

// Nothing is recorded without the preview, not even by Enter; and a problem is shown in the form, so the dialog must not cover it.
document.addEventListener(
  "submit",
  (event) => {
    const dialog = document.getElementById(event.target.dataset.previewIn);
    if (!dialog) return;
    if (dialog.open) {
      dialog.close();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    preview(event.target);
  },
  true,
);

for (const form of document.querySelectorAll("form:has([data-rows])")) {
  form.dataset.known = form.querySelectorAll("[data-known]").length;
}
