/* The forms of a record: without this script every button is a submit. With it rows move where they stand, by drag too,
   what is typed is kept on the portal every few seconds and in this browser until it is saved, and abstracts are shown. */

const PAUSE = 3000; // milliseconds after the last key before what is typed is kept
const LOOK = 600; // milliseconds before a preview is drawn anew
const form = document.querySelector("form[data-form]");
const said = form.querySelector("[data-said]");
const status = form.querySelector("[data-status]");
const words = JSON.parse(form.dataset.words);
const here = `gatefold ${form.dataset.form}`;
let clock = 0, isChanged = false, isSending = false, held = null;

forgetWhatIsSaved();
offerWhatThisBrowserKept();
form.addEventListener("input", (event) => { changed(); redraw(event.target); });
form.addEventListener("change", changed);
form.addEventListener("click", click);
form.addEventListener("submit", submit);
form.addEventListener("dragstart", lift);
form.addEventListener("dragover", over);
form.addEventListener("dragend", drop);
addEventListener("pagehide", () => { if (isChanged) keepHere(); });

/* Rows */

function click(event) {
  const button = event.target.closest("button[name=do]");
  const verb = button?.value.split(" ")[0];
  if (verb === "preview") { event.preventDefault(); draw(button.closest("[data-markdown]")); }
  if (!["up", "down", "remove"].includes(verb)) return;
  event.preventDefault();
  const row = button.closest("[data-entry]"), list = row.parentElement, what = row.dataset.entry;
  const at = [...list.children].indexOf(row);
  if (verb === "remove") {
    const after = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (after?.querySelector("fieldset") ?? list.parentElement.querySelector(`button[value^="add "]`))?.focus();
    say(fill(words.removed, { what: capital(what), n: at + 1 }));
  } else {
    const other = verb === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    verb === "up" ? other.before(row) : other.after(row);
    tell(row, at);
  }
  settle(list);
  if (verb !== "remove") (button.hidden ? acts(row).find((each) => !each.hidden) : button).focus();
}

function lift(event) {
  held = event.target.closest?.("[data-grip]") ? entryAt(event.target) : null;
  if (!held) return;
  held.from = [...held.parentElement.children].indexOf(held);
  held.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  event.dataTransfer.setDragImage(held, 0, 0);
}

function over(event) {
  const row = held && [...held.parentElement.children].find((each) => each.contains(event.target));
  if (!row) return;
  event.preventDefault();
  if (row === held) return;
  const box = row.getBoundingClientRect();
  event.clientY < box.top + box.height / 2 ? row.before(held) : row.after(held);
}

function drop() {
  if (!held) return;
  held.classList.remove("is-held");
  tell(held, held.from);
  settle(held.parentElement);
  held = null;
}

function tell(row, from) {
  const list = [...row.parentElement.children];
  const to = list.indexOf(row);
  if (to !== from) say(fill(words.moved, { what: capital(row.dataset.entry), n: from + 1, to: to + 1, all: list.length }));
}

/* The numbers that are read; the names of the fields stay, the portal goes by their order. */
function settle(list) {
  const rows = [...list.children];
  rows.forEach((row, at) => {
    row.querySelector("[data-number]").textContent = at + 1;
    const first = acts(row);
    for (const [verb, isAway] of [["up", at === 0], ["down", at === rows.length - 1]]) {
      let button = first.find((each) => each.value.startsWith(`${verb} `));
      if (!button) {
        button = first[0].cloneNode(true);
        button.value = `${verb} ${first[0].value.split(" ")[1]}`;
        button.firstChild.textContent = words[verb];
        verb === "up" ? first[0].before(button, " ") : first.find((each) => each.value.startsWith("add ")).before(button, " ");
      }
      button.hidden = isAway;
    }
    for (const button of acts(row)) button.querySelector(".vh").textContent = ` ${row.dataset.entry} ${at + 1}`;
  });
  changed();
}

function acts(row) {
  return [...row.querySelector(":scope > fieldset > .entry__acts").querySelectorAll("button")];
}

function entryAt(target) { return target.closest?.("[data-entry]"); }

/* Previews */

function redraw(field) {
  const around = field.closest("[data-markdown]");
  if (!around || around.querySelector("[data-preview]").hidden) return;
  clearTimeout(around.clock);
  around.clock = setTimeout(() => draw(around), LOOK);
}

async function draw(around) {
  const pane = around.querySelector("[data-preview]"), markdown = around.querySelector("textarea").value;
  try {
    const answer = await fetch("/desk/preview", { method: "POST", body: new URLSearchParams({ markdown }) });
    if (!answer.ok) throw new Error(answer.status);
    pane.innerHTML = (await answer.text()) || `<p>${words.empty}</p>`; // sanitised by the portal
  } catch { pane.textContent = words.undrawn; }
  if (pane.hidden) say(words.below);
  pane.hidden = false;
}

/* What is typed */

function changed() {
  isChanged = true;
  clearTimeout(clock);
  clock = setTimeout(keep, PAUSE);
}

async function keep() {
  clearTimeout(clock);
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", "keep");
  keepHere();
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
    if (answer.status === 204) {
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      status.textContent = fill(words.kept, { time });
      return true;
    }
    status.innerHTML = answer.status === 404 ? words.away : words.unkept;
  } catch { status.textContent = words.unreached; }
  return false;
}

async function submit(event) {
  const verb = event.submitter?.value.split(" ")[0] ?? "save";
  if (isSending || verb === "discard") { isChanged = false; if (verb === "discard") localStorage.removeItem(here); return; }
  event.preventDefault();
  const submitter = event.submitter;
  if (!(await keep())) { status.closest(".savebar").scrollIntoView({ block: "nearest" }); say(status.textContent); return; }
  isSending = true;
  isChanged = false;
  form.requestSubmit(submitter);
  isSending = false;
}

function keepHere() {
  try {
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    localStorage.setItem(here, JSON.stringify({ at: Date.now(), fields }));
  } catch { /* no room: the portal has it */ }
}

function forgetWhatIsSaved() {
  const what = form.querySelector("[data-saved]")?.dataset.saved;
  if (!what) return;
  localStorage.removeItem(here);
  if (what === "new") localStorage.removeItem("gatefold new");
}

/* Only where the portal has not got it: it has what was sent, and what was typed up to the last seconds. */
function offerWhatThisBrowserKept() {
  const box = form.querySelector("[data-kept-here]");
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(here)); } catch { /* not ours */ }
  const now = JSON.stringify([...new FormData(form)]);
  if (!kept || JSON.stringify(kept.fields) === now || document.querySelector("#faults, #said, #changes")) return;
  box.append(fill(words.found, { when: new Date(kept.at).toLocaleString() }), " ");
  const back = document.createElement("button"), away = document.createElement("button");
  Object.assign(back, { type: "button", className: "link", textContent: words.back });
  Object.assign(away, { type: "button", className: "link", textContent: words.forget });
  back.addEventListener("click", () => putBack(kept.fields));
  away.addEventListener("click", () => { localStorage.removeItem(here); box.hidden = true; });
  box.append(back, " ", away);
  box.hidden = false;
}

function putBack(fields) {
  const again = document.createElement("form");
  again.method = "post";
  again.action = form.getAttribute("action");
  for (const [name, value] of [...fields, ["do", "hold"]]) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    again.append(field);
  }
  again.hidden = true;
  document.body.append(again);
  again.submit();
}

function say(sentence) { said.textContent = sentence; }
function fill(sentence, values) { return sentence.replace(/{(\w+)}/g, (_, name) => values[name]); }
function capital(word) { return word.charAt(0).toUpperCase() + word.slice(1); }
