// <form data-asks-before-leaving>: what was written in it and not sent is not lost by going back, reloading or closing unasked.

const sent = new WeakSet();

document.addEventListener("form:done", (event) => sent.add(event.target));
document.addEventListener("input", (event) => sent.delete(event.target.form));

function written(form) {
  return !sent.has(form) && [...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
}

addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("form[data-asks-before-leaving]")].some(written)) event.preventDefault();
});
