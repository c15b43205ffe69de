// <button data-preview="/api/v1/…"> in a form: sends the form's body there and shows the PDF that comes back in #preview, page by
// page. Nothing is kept on the server. pdf.js is fetched when it is first needed.

import { bodyOf } from "./body.js";
import { announce } from "./dialogs.js";
import { clearProblem, showProblem } from "./problems.js";

const VENDOR = "/static/vendor/pdfjs-dist";
const SHARPEST = 2;
const texts = document.getElementById("texts")?.dataset ?? {};
const desk = document.getElementById("preview");
const pages = desk.querySelector("ol");
const part = (name) => desk.querySelector(`[data-part="${name}"]`);
let file = "";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview]");
  if (button && button.getAttribute("aria-busy") !== "true" && button.form.reportValidity()) preview(button);
});

async function preview(button) {
  button.setAttribute("aria-busy", "true");
  announce(desk.dataset.drawing);
  try {
    clearProblem(button.form);
    const answer = await asked(button);
    if (answer) await show(answer);
  } catch (error) {
    console.error(error);
    showProblem(button.form, { detail: desk.dataset.failed });
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** The answer with the PDF; nothing where it was refused, which the form then says. */
async function asked({ form, dataset }) {
  const { document_id: _shown, ...body } = bodyOf(form);
  const headers = { "Content-Type": "application/json", Accept: "application/pdf, application/problem+json" };
  const answer = await fetch(dataset.preview, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  if (answer?.ok) return answer;
  const problem = answer ? await answer.json().catch(() => ({})) : { detail: texts.network };
  showProblem(form, { ...problem, detail: problem.detail ?? texts.unknown });
  return null;
}

async function show(answer) {
  const lacking = decodeURIComponent(answer.headers.get("X-Unprintable") ?? "");
  const blob = await answer.blob();
  const drawn = await drawings(await blob.arrayBuffer());
  URL.revokeObjectURL(file);
  file = URL.createObjectURL(blob);
  part("file").querySelector("a").href = file;
  part("characters").textContent = lacking;
  part("unprintable").hidden = !lacking;
  part("file").hidden = pages.hidden = false;
  part("stale").hidden = true;
  pages.replaceChildren(...drawn);
  announce(desk.dataset.ready);
  desk.scrollIntoView({ block: "start" });
  desk.focus({ preventScroll: true });
}

async function drawings(data) {
  const pdfjs = await import(`${VENDOR}/legacy/build/pdf.min.mjs`);
  pdfjs.GlobalWorkerOptions.workerSrc = `${VENDOR}/legacy/build/pdf.worker.min.mjs`;
  const task = pdfjs.getDocument({ data, isEvalSupported: false, enableXfa: false });
  try {
    const pdf = await task.promise;
    const drawn = [];
    for (let number = 1; number <= pdf.numPages; number += 1) drawn.push(await drawing(await pdf.getPage(number), number, pdf.numPages));
    return drawn;
  } finally {
    task.destroy();
  }
}

async function drawing(page, number, of) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  const words = document.createElement("p");
  const width = Math.min(desk.clientWidth, 900) * Math.min(devicePixelRatio, SHARPEST);
  const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", desk.dataset.page.replace("{page}", number).replace("{pages}", of));
  await page.render({ canvas, viewport }).promise;
  words.className = "visually-hidden";
  words.textContent = (await page.getTextContent()).items.map((each) => each.str).join(" ");
  item.append(canvas, words);
  return item;
}

document.addEventListener("input", () => {
  part("stale").hidden = pages.hidden;
});
