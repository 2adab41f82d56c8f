// Reading in the browser: opens the file, and lets the bar, the keys and the contents lead through its pages.

import { contentsOf } from "./reader-contents.js";
import { finding } from "./reader-find.js";
import { keys } from "./reader-keys.js";
import { Pages } from "./reader-pages.js";
import { Ended, Source, transportOf } from "./reader-source.js";

const desk = document.getElementById("reader");
const facts = desk.dataset;
const words = JSON.parse(facts.words);
const ends = desk.querySelector("[data-ends]");
const status = desk.querySelector("[data-status]");

const source = new Source(facts.link, (what) => (what === "away" ? end(new Ended("away")) : noEnd("away")));
document.querySelectorAll("[data-again]").forEach((button) => button.addEventListener("click", tryAgain));
document.querySelectorAll("[data-come-back]").forEach((link) => link.addEventListener("click", comeBack));
open().catch(end);

/** What is needed is fetched at once and not one after the other: the program, its worker, the link, both ends. */
async function open() {
  const chunk = Number(facts.chunk), opening = source.open(chunk);
  opening.catch(() => {}); // it is awaited below, after the program
  const port = new Worker(facts.worker, { type: "module" });
  port.onerror = end;
  const library = await import(facts.library);
  const worker = new library.PDFWorker({ port });
  const link = await opening;
  const loading = library.getDocument({
    worker,
    range: transportOf(library, source, link.size, end),
    rangeChunkSize: chunk,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    enableXfa: false,
    cMapUrl: `${facts.vendor}cmaps/`,
    standardFontDataUrl: `${facts.vendor}standard_fonts/`,
    wasmUrl: `${facts.vendor}wasm/`,
    iccUrl: `${facts.vendor}iccs/`,
  });
  const [views, file] = await Promise.all([import(facts.viewer), loading.promise]);
  port.onerror = null;
  const pages = new Pages(library, views, desk, words, say);
  await pages.show(file, asked());
  keys(pages, finding(pages, words));
  await contentsOf(pages, file);
}

/** The page that the address asks for, by its printed label or its number. */
function asked() {
  return new URLSearchParams(location.search).get("page") || "";
}

function say(sentence) {
  status.textContent = sentence;
}

/** Say that no more can be fetched, and why. What is drawn already stays. */
function end(fault) {
  if (!(fault instanceof Ended)) console.error(fault);
  const why = fault instanceof Ended ? fault.why : "broken";
  desk.querySelector(".rd-wait").hidden = true;
  ends.hidden = false;
  for (const each of ends.children) each.hidden = each.dataset.end !== why;
  const shown = ends.querySelector(`[data-end="${why}"]`);
  const detail = shown.querySelector("[data-detail]");
  if (detail) detail.textContent = fault.detail;
}

/** Let the ways out of an end lead back to the page where the reader is when they take them. */
function comeBack(event) {
  const here = location.pathname + location.search, { next } = event.currentTarget.dataset;
  event.currentTarget.href = next ? `${next}?next=${encodeURIComponent(here)}` : here;
}

function noEnd(why) {
  if (!ends.querySelector(`[data-end="${why}"]`).hidden) ends.hidden = true;
}

function tryAgain(event) {
  if (event.target.closest("[data-end]").dataset.end === "away") source.again();
  else location.reload();
}
