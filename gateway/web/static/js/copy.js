// <button type="button" data-copy="id" data-copied="words">: copies the text of that element, or, where the browser does not
// let pages copy, selects it.

import { announce } from "./dialogs.js";

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  getSelection().selectAllChildren(source);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    announce(button.dataset.copied);
  } catch {
    source.focus?.();
  }
});
