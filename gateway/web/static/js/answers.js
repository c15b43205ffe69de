// Shows what the server answered once and will not say again: <form data-api data-then="stay" data-shows="id"> fills, inside that
// element, [data-answer="name"] with the answer's text, data-state of [data-answer-state="name"], and <tbody data-answers="list">
// with a copy of its <template> per entry. data-hides: a selector of what the answer has made untrue. An upload's answer is shown
// in the same way; a list that is empty hides its .table-wrap or [data-frame]; entries that are plain texts go into [data-answer=""].

function fill(scope, answer) {
  for (const place of scope.querySelectorAll("[data-answer]")) place.textContent = answer[place.dataset.answer] ?? "";
  for (const place of scope.querySelectorAll("[data-answer-state]")) place.dataset.state = answer[place.dataset.answerState] ?? "";
}

function list(body, entries) {
  const template = body.querySelector("template");
  for (const row of [...body.children]) if (row !== template) row.remove();
  for (const entry of entries) {
    const row = template.content.cloneNode(true);
    fill(row, typeof entry === "string" ? { "": entry } : entry);
    body.append(row);
  }
  const frame = body.closest(".table-wrap, [data-frame]");
  if (frame) frame.hidden = entries.length === 0;
}

document.addEventListener("form:done", ({ target, detail }) => show(target, detail));
document.addEventListener("upload:done", ({ target, detail }) => detail.ok && show(target, detail.answer));

function show(target, detail) {
  const shown = document.getElementById(target.dataset.shows ?? "");
  if (!shown) return;
  fill(shown, detail);
  for (const body of shown.querySelectorAll("[data-answers]")) list(body, detail[body.dataset.answers] ?? []);
  shown.hidden = false;
  shown.tabIndex = -1;
  shown.focus();
  document.querySelectorAll(target.dataset.hides ?? ":not(*)").forEach((each) => each.remove());
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
