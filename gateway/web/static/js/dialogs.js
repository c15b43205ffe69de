// Opens <dialog id="x"> from <button type="button" data-dialog="x">, closes it by [data-close], and asks before what cannot be undone.

const texts = document.getElementById("texts")?.dataset ?? {};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// A page that is no longer the newest is asked for again once the question on it is answered: what was typed there is not lost.
let stale = false;

document.addEventListener("htmx:before:response", (event) => {
  if (!event.detail.ctx.hx.refresh || !document.querySelector("dialog[open]")) return;
  event.preventDefault();
  stale = true;
});
document.addEventListener("form:done", () => (stale = false));
document.addEventListener("close", () => stale && location.reload(), true);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Resolves true only when the person presses the button that names the act; Escape and cancelling resolve false. */
export function confirmed(question, actName, dangerous) {
  const yes = element("button", { value: "yes", className: dangerous ? "danger" : "", textContent: actName || texts.confirm });
  const no = element("button", { value: "no", className: "secondary", textContent: texts.cancel });
  const dialog = element(
    "dialog",
    {},
    element(
      "form",
      { method: "dialog" },
      element("p", { id: "confirm-question", className: "row-title", textContent: question }),
      element("div", { className: "form-actions" }, yes, no),
    ),
  );
  dialog.setAttribute("aria-labelledby", "confirm-question");
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
