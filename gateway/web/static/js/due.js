// Due dates: [data-due] holds an input, shortcut buttons [data-due-at] and a place [data-due-means] for what the date means in
// working days, which the server knows. A coordinating unit cannot be the lead unit of the same [data-units] group.

const waiting = new WeakMap();

async function explain(group) {
  const input = group.querySelector("input");
  const place = group.querySelector("[data-due-means]");
  const response = await fetch(`/tasks/_due?at=${encodeURIComponent(input.value)}`, { credentials: "same-origin" }).catch(() => null);
  if (response?.ok) place.textContent = (await response.text()).replace(/\s+/g, " ").trim();
}

function explainSoon(group) {
  clearTimeout(waiting.get(group));
  waiting.set(group, setTimeout(() => explain(group), 250));
}

document.addEventListener("click", (event) => {
  const shortcut = event.target.closest("[data-due-at]");
  if (!shortcut) return;
  const group = shortcut.closest("[data-due]");
  const input = group.querySelector("input");
  input.value = shortcut.dataset.dueAt;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const group = event.target.closest?.("[data-due]");
    if (group) explainSoon(group);
    if (event.target.matches?.("[data-lead]")) keepApart(event.target.closest("[data-units]"));
  });
}

function keepApart(group) {
  const lead = group.querySelector("[data-lead]").value;
  for (const box of group.querySelectorAll("[data-coordinates]")) {
    box.disabled = box.value === lead;
    if (box.disabled) box.checked = false;
  }
}

document.querySelectorAll("[data-due]").forEach(explain);
document.querySelectorAll("[data-units]").forEach(keepApart);
