// Turns a form into the JSON body of its request: names say where a value goes, data-type says what it is.

/** crypto.randomUUID exists only on https and localhost; an office may run on plain http inside its own network. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function typed(control, text) {
  const kind = control.dataset.type ?? { number: "int", range: "int", "datetime-local": "datetime" }[control.type];
  switch (kind) {
    case "int":
      return Number(text);
    case "bool":
      return ["true", "on", "1"].includes(text);
    case "json":
      return JSON.parse(text);
    case "list":
      return text.split(/[\n,;]/).map((part) => part.trim()).filter(Boolean);
    case "datetime":
      return `${text.length === 16 ? `${text}:00` : text}+07:00`;
    default:
      return text;
  }
}

/** The control's value, or undefined when it has nothing to say. */
function valueOf(control) {
  const { type, dataset, value } = control;
  if (type === "checkbox" && dataset.type === "bool") return control.checked;
  if (type === "checkbox" && dataset.type === "list") return control.checked ? [value] : [];
  if ((type === "checkbox" || type === "radio") && !control.checked) return undefined;
  if (type === "select-multiple") return Array.from(control.selectedOptions, (option) => option.value);
  if (type === "file") return undefined;
  if (dataset.type === "uuid" && value === "") return (control.value = uuid());
  const text = type === "password" ? value : value.trim();
  if (text === "") return dataset.type === "list" ? [] : dataset.empty === "keep" ? "" : undefined;
  return typed(control, text);
}

function place(body, name, value) {
  const path = name.replaceAll("[", ".").replaceAll("]", "").split(".");
  let at = body;
  path.slice(0, -1).forEach((key, depth) => {
    at = at[key] ??= /^\d+$/.test(path[depth + 1]) ? [] : {};
  });
  const last = path[path.length - 1];
  at[last] = Array.isArray(at[last]) && Array.isArray(value) ? [...at[last], ...value] : value;
}

/** Removed rows leave holes; the server must not see them. */
function withoutHoles(value) {
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map(withoutHoles);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutHoles(each)]));
}

export function bodyOf(form, submitter) {
  const body = {};
  for (const control of form.elements) {
    if (!control.name || control.disabled || ["submit", "button", "fieldset"].includes(control.type)) continue;
    const value = valueOf(control);
    if (value !== undefined) place(body, control.name, value);
  }
  if (submitter?.name) place(body, submitter.name, typed(submitter, submitter.value));
  return withoutHoles(body);
}
