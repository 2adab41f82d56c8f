// Keys that save a way: never while somebody types, and not where the reader has turned them off.

const WAYS = { c: "/", s: "/search", a: "/account", h: "/help" };
const FIELDS = "input, textarea, select, dialog, [contenteditable]";
const off = document.querySelector("[data-keys-off]");
let waits = false;

export function pressed(press) {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return;
  if (press.target.closest(FIELDS) || areOff() || document.getElementById("reader")) return; // which has its own
  const way = waits && WAYS[press.key];
  waits = press.key === "g" && !way;
  if (way) location.assign(way);
  else if (press.key === "/") search();
  else if (press.key === "?") tell();
  else return;
  press.preventDefault();
}

function areOff() {
  try {
    return localStorage.getItem("keys") === "off";
  } catch {
    return false;
  }
}

function search() {
  const field = document.querySelector("input[type=search]");
  if (!field) location.assign("/search");
  field?.focus();
  field?.select();
}

// The list stands on the page for help, in the reader's language; elsewhere it is shown over the page.
async function tell() {
  const help = document.querySelector(".foot a[href^='/help']")?.href ?? "/help";
  if (document.getElementById("keys")) {
    location.hash = "keys";
    return;
  }
  try {
    const text = await (await fetch(help)).text();
    show(new DOMParser().parseFromString(text, "text/html").querySelector("[data-keys-list]"));
  } catch {
    location.assign(`${help}#keys`);
  }
}

function show(list) {
  const [dialog, form, shut] = ["dialog", "form", "button"].map((name) => document.createElement(name));
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys");
  form.method = "dialog";
  shut.className = "btn btn--line btn--small";
  shut.textContent = list.dataset.close;
  form.append(shut);
  dialog.append(list, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

addEventListener("keydown", pressed);
if (off) {
  off.closest("[hidden]").hidden = false;
  off.checked = areOff();
  off.addEventListener("change", () => localStorage.setItem("keys", off.checked ? "off" : "on"));
}
