/* The form that sends a file: with this script in parts, with progress, pause and resume; without it in one piece. */

import { Sending, fill } from "./sending.js";

const LOOK_AGAIN = 2000; // milliseconds
const form = document.querySelector("form[data-upload]");
const box = document.querySelector("[data-box]");
const part = (name) => box.querySelector(`[data-${name}]`);
const bar = box.querySelector("progress");
const words = JSON.parse(form.dataset.words);
const field = form.querySelector("input[type=file]");
let sending = null, phase = "idle", clock = 0;

if (globalThis.crypto?.subtle) form.addEventListener("submit", begin);
part("pause").addEventListener("click", () => (phase === "paused" || phase === "refused" ? sending.run() : sending.pause()));
part("stop").addEventListener("click", stop);
addEventListener("beforeunload", (event) => { if (isBusy()) event.preventDefault(); });
watchChecking();

function begin(event) {
  event.preventDefault();
  const file = field.files[0];
  if (!file || isBusy()) return;
  box.hidden = false;
  part("name").textContent = file.name;
  bar.value = 0;
  const problem = file.size === 0 ? words.empty
    : file.size > Number(form.dataset.largest) ? fill(words.too_large, { most: spell(Number(form.dataset.largest)) }) : null;
  sending = new Sending(file, form.dataset.upload, Number(form.dataset.partSize), words, hear);
  if (problem) return hear("refused", problem);
  clearInterval(clock);
  clock = setInterval(draw, 250);
  sending.run();
}

async function stop() {
  const was = sending;
  clearInterval(clock);
  phase = "idle";
  box.hidden = true;
  field.value = "";
  field.focus();
  await was.stop();
}

/** `why` is why it waits or was refused, or where to go when it is finished. */
function hear(next, why) {
  phase = next;
  const said = next === "waiting" && why ? why : fill(words[next], { why }), status = part("status");
  if (status.textContent !== said) status.textContent = said;
  status.classList.toggle("field-err", next === "refused");
  box.classList.toggle("field--bad", next === "refused");
  part("pause").hidden = next === "finishing" || next === "finished";
  part("pause").textContent = next === "paused" ? words.resume : next === "refused" ? words.again : words.pause;
  part("stop").hidden = next === "finishing" || next === "finished";
  draw();
  if (next === "finished") location.assign(why);
}

function draw() {
  const { sent, left } = sending.progress();
  bar.value = sending.file.size ? (100 * sent) / sending.file.size : 0;
  part("bytes").textContent = fill(words.of, { sent: spell(sent, sending.file.size), size: spell(sending.file.size) });
  part("left").textContent = phase === "sending" && left !== null ? fill(words.left, { time: howLong(left) }) : "";
}

/** Bytes in decimal units; beside a `whole` in the unit of the whole. */
function spell(count, whole = count) {
  const units = [words.bytes, "kB", "MB", "GB"];
  const unit = Math.min(3, whole < 1000 ? 0 : Math.floor(Math.log10(whole) / 3));
  const digits = unit > 1 ? 1 : 0, how = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return `${(count / 1000 ** unit).toLocaleString(document.documentElement.lang, how)} ${units[unit]}`;
}

function howLong(seconds) {
  const [count, unit] = seconds < 60 ? [Math.max(1, Math.round(seconds)), "second"]
    : seconds < 5400 ? [Math.round(seconds / 60), "minute"] : [Math.round(seconds / 3600), "hour"];
  return fill(words[unit][count === 1 ? 0 : 1], { n: count });
}

function isBusy() { return sending !== null && ["reading", "sending", "waiting", "finishing"].includes(phase); }

/** While a sent file is checked, look how it stands, and leave the rest of the page alone. */
async function watchChecking() {
  while (document.querySelector("[data-checking]")) {
    await new Promise((go) => setTimeout(go, LOOK_AGAIN));
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["h-sent", "h-editions"]) {
      const now = page.querySelector(`section[aria-labelledby=${name}]`);
      const here = document.querySelector(`section[aria-labelledby=${name}]`);
      if (now && now.innerHTML !== here.innerHTML) here.replaceWith(now);
      else if (now && !now.hasAttribute("data-checking")) here.removeAttribute("data-checking");
    }
  }
}
