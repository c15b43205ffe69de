// [data-attach="name"] on a dropzone inside a form: each file that was uploaded goes along with the form as an id of that name.

document.addEventListener("upload:done", (event) => {
  const { ok, answer } = event.detail;
  const name = event.target.dataset.attach;
  if (!ok || !name) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value: answer.id });
  field.dataset.type = "list";
  event.target.closest("form").append(field);
});
