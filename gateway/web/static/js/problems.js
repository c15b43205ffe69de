// Shows an RFC 9457 problem: a summary that takes the focus, and each error beside its field, found by JSON pointer.

const texts = document.getElementById("texts")?.dataset ?? {};

export function clearProblem(form) {
  document.querySelectorAll(".error-summary[data-js]").forEach((each) => each.remove());
  form.querySelectorAll("[aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
  form.querySelectorAll(".field-error").forEach((each) => {
    each.textContent = "";
    each.hidden = true;
  });
}

function controlAt(form, pointer) {
  const wanted = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let length = wanted.length; length > 0; length -= 1) {
    const path = wanted.slice(0, length).join(".");
    const found = Array.from(form.elements).find((each) => each.name?.replaceAll("[", ".").replaceAll("]", "") === path);
    if (found && found.type !== "hidden") return found;
  }
  return null;
}

function markField(control, detail) {
  control.setAttribute("aria-invalid", "true");
  const place = control.closest(".field")?.querySelector(".field-error");
  if (place) {
    place.textContent = detail;
    place.hidden = false;
  }
}

function listed(form, error) {
  const item = document.createElement("li");
  const control = controlAt(form, error.pointer ?? "");
  if (!control) {
    item.textContent = error.detail;
    return item;
  }
  control.id ||= `f-${control.name.replace(/\W+/g, "-")}`;
  markField(control, error.detail);
  const label = control.closest("fieldset")?.querySelector("legend") ?? control.labels?.[0];
  const link = document.createElement("a");
  link.href = `#${control.id}`;
  link.textContent = `${label?.firstChild?.textContent.trim() ?? control.name}: ${error.detail}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    control.focus();
  });
  item.append(link);
  return item;
}

export function showProblem(form, problem) {
  clearProblem(form);
  const summary = document.createElement("div");
  summary.className = "error-summary";
  summary.dataset.js = "";
  summary.tabIndex = -1;
  summary.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.textContent = texts.problem;
  const detail = document.createElement("p");
  detail.textContent = problem.detail;
  summary.append(title, detail);
  if (problem.errors?.length) {
    const list = document.createElement("ul");
    list.append(...problem.errors.map((error) => listed(form, error)));
    summary.append(list);
  }
  if (problem.code === "not_signed_in" && !location.pathname.startsWith("/sign-in")) summary.append(signInAgain());
  place(form, summary);
  summary.focus();
}

function signInAgain() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.className = "button secondary";
  link.textContent = texts.signIn;
  return link;
}

/** A form that is only a button may sit in a table cell; its problem then stands at the top of its card or dialog. */
function place(form, summary) {
  const hasFields = Array.from(form.elements).some((each) => each.type !== "hidden" && !(each instanceof HTMLButtonElement));
  if (hasFields) form.prepend(summary);
  else (form.closest("dialog, .card, .split > *") ?? document.getElementById("main")).prepend(summary);
}
