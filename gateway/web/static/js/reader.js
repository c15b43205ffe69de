// The PDF page: <div id="reader" data-src="…" data-title="…"> holding one <template> made by the macro `reader` of _macros.html.
// #page=3 opens a page and #search=words looks for words, so that a search hit or an agenda item can point into a paper.

import * as pdfjsLib from "/static/vendor/pdfjs-dist/legacy/build/pdf.min.mjs";

const VENDOR = "/static/vendor/pdfjs-dist";
const FIND_NOTHING_FOUND = 1;
globalThis.pdfjsLib = pdfjsLib;
pdfjsLib.GlobalWorkerOptions.workerSrc = `${VENDOR}/legacy/build/pdf.worker.min.mjs`;
// The component reads globalThis.pdfjsLib while it loads, hence not a static import.
const { EventBus, PDFFindController, PDFLinkService, PDFViewer } = await import(`${VENDOR}/legacy/web/pdf_viewer.mjs`);

const root = document.getElementById("reader");
root.append(root.querySelector("template").content.cloneNode(true));
const part = (name) => root.querySelector(`[data-reader="${name}"]`);
const scroll = root.querySelector(".reader-scroll");

const eventBus = new EventBus();
const linkService = new PDFLinkService({ eventBus, externalLinkTarget: 2 });
const findController = new PDFFindController({ eventBus, linkService });
const viewer = new PDFViewer({
  container: scroll,
  viewer: scroll.firstElementChild,
  eventBus,
  linkService,
  findController,
  annotationEditorMode: pdfjsLib.AnnotationEditorType.DISABLE,
});
linkService.setViewer(viewer);

function say(text, failed) {
  const status = part("status");
  status.textContent = text;
  status.hidden = !text;
  status.dataset.tone = failed ? "bad" : "neutral";
}

function find(again, backwards) {
  const query = part("find").value.trim();
  eventBus.dispatch("find", {
    source: root,
    type: again ? "again" : "",
    query,
    caseSensitive: false,
    entireWord: false,
    // "dau tu" must find "đầu tư": the same folding as the search box of the product.
    matchDiacritics: false,
    highlightAll: true,
    findPrevious: backwards,
  });
  if (!query) part("found").textContent = "";
}

function showMatches({ matchesCount, state }) {
  const { current = 0, total = 0 } = matchesCount ?? {};
  const found = part("found");
  if (!part("find").value.trim()) found.textContent = "";
  else if (state === FIND_NOTHING_FOUND) found.textContent = found.dataset.none;
  else if (total) found.textContent = `${current}/${total}`;
}

const acts = {
  previous: () => viewer.previousPage(),
  next: () => viewer.nextPage(),
  "zoom-in": () => viewer.increaseScale(),
  "zoom-out": () => viewer.decreaseScale(),
  fit: () => (viewer.currentScaleValue = "page-width"),
  "find-next": () => find(true, false),
  "find-previous": () => find(true, true),
};

root.addEventListener("click", (event) => acts[event.target.closest("[data-reader]")?.dataset.reader]?.());
part("page").addEventListener("change", (event) => {
  const page = Math.min(Math.max(Number(event.target.value) || 1, 1), viewer.pagesCount);
  viewer.currentPageNumber = page;
  event.target.value = page;
});
part("find").addEventListener("input", () => find(false, false));
part("find").addEventListener("keydown", (event) => {
  if (event.key === "Enter") find(true, event.shiftKey);
  if (event.key === "Escape") {
    event.target.value = "";
    find(false, false);
    scroll.focus();
  }
});

const KEYS = { ArrowLeft: "previous", ArrowRight: "next", p: "previous", n: "next", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "fit" };
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "f") {
    // Pages far away are not in the document yet, so the browser's own search would miss them.
    event.preventDefault();
    part("find").focus();
    part("find").select();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (KEYS[event.key]) acts[KEYS[event.key]]();
});

eventBus.on("pagesinit", () => {
  viewer.currentScaleValue = "page-width";
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.has("page")) viewer.currentPageNumber = Math.min(Number(wanted.get("page")) || 1, viewer.pagesCount);
  if (wanted.get("search")) {
    part("find").value = wanted.get("search");
    find(false, false);
  }
});
eventBus.on("pagechanging", ({ pageNumber }) => {
  part("page").value = pageNumber;
  part("previous").disabled = pageNumber === 1;
  part("next").disabled = pageNumber === viewer.pagesCount;
});
eventBus.on("updatefindmatchescount", showMatches);
eventBus.on("updatefindcontrolstate", showMatches);
new ResizeObserver(() => {
  if (viewer.currentScaleValue === "page-width") viewer.currentScaleValue = "page-width";
}).observe(scroll);

const task = pdfjsLib.getDocument({
  url: root.dataset.src,
  cMapUrl: `${VENDOR}/cmaps/`,
  cMapPacked: true,
  standardFontDataUrl: `${VENDOR}/standard_fonts/`,
  wasmUrl: `${VENDOR}/wasm/`,
  iccUrl: `${VENDOR}/iccs/`,
  isEvalSupported: false,
  enableXfa: false,
});
task.onProgress = ({ loaded, total }) => {
  if (total && loaded < total) say(`${part("status").dataset.loading} ${Math.floor((100 * loaded) / total)} %`);
};
try {
  const pdf = await task.promise;
  viewer.setDocument(pdf);
  linkService.setDocument(pdf, null);
  part("page").max = pdf.numPages;
  part("pages").textContent = pdf.numPages;
  part("previous").disabled = true;
  part("next").disabled = pdf.numPages === 1;
  say("");
  root.dataset.ready = "true";
} catch (error) {
  console.error(error);
  say(part("status").dataset.failed, true);
}
