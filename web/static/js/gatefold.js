/* Saves steps only: every page works without this file. */
(function (page) {
  "use strict";
  page.documentElement.classList.add("js");

  // A download that began by itself is not begun again by a reload.
  if (page.querySelector("meta[http-equiv=refresh]") && location.search === "?get=pdf") {
    addEventListener("load", function () {
      setTimeout(function () { history.replaceState(null, "", location.pathname); }, 1000);
    });
  }

  // A citation is put into the clipboard, where the browser lets it.
  if (navigator.clipboard) {
    page.querySelectorAll("[data-copy]").forEach(function (citation) {
      var words = citation.textContent.trim(), button = page.createElement("button");
      button.type = "button";
      button.className = "link copy";
      button.textContent = citation.dataset.copy;
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(words).then(function () { button.textContent = citation.dataset.copied; });
      });
      citation.append(" ", button);
    });
  }

  // Count a link down; say so only at one minute and at the end.
  var clock = page.querySelector("[data-clock]");
  if (clock) {
    var end = Date.now() + clock.dataset.clock * 1000;
    var face = clock.querySelector("[data-clock-face]");
    var label = clock.querySelector("[data-clock-label]");
    var said = clock.querySelector("[data-clock-status]");
    label.textContent = clock.dataset.left;
    (function tick() {
      var left = Math.max(0, Math.round((end - Date.now()) / 1000));
      face.textContent = spell(left);
      if (left === 0) {
        label.textContent = said.textContent = clock.dataset.over;
        return;
      }
      if (left <= 60 && !said.textContent) {
        said.textContent = clock.dataset.lastMinute;
      }
      setTimeout(tick, 1000);
    })();
  }

  // Keys that save a way are fetched when the first of them is pressed, or where they are told of.
  var keys = page.currentScript.dataset.keys, told = page.querySelector("[data-keys-off]");
  if (told) import(keys);
  else addEventListener("keydown", function first(press) {
    if (!/^[/?g]$/.test(press.key) || press.target.closest("input, textarea, select, [contenteditable], #reader")) return;
    removeEventListener("keydown", first);
    if (press.key !== "g") press.preventDefault();
    import(keys).then(function (theirs) { theirs.pressed(press); });
  });

  function spell(seconds) {
    var hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    var tail = two(seconds % 60);
    return hours ? hours + ":" + two(minutes) + ":" + tail : minutes + ":" + tail;
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }
})(document);
