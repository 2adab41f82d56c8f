// Finding words in the whole text: a line below the bar, the matches marked on the pages, how many there are.

const NOT_FOUND = 1, LOOKING = 3; // PDF.js's names for how a search stands are numbers

/** Let the reader find; `open` and `shut` are for the keys. */
export function finding(pages, words) {
  const line = document.getElementById("rd-find"), query = document.getElementById("rd-query");
  const found = line.querySelector("[data-found]");
  const button = document.querySelector("[data-open-find]");

  button.addEventListener("click", () => (line.hidden ? open() : shut()));
  line.querySelector("[data-shut-find]").addEventListener("click", shut);
  line.querySelector('[data-find="-1"]').addEventListener("click", () => look("again", true));
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    look("again", false);
  });
  query.addEventListener("input", () => look("", false));
  line.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
    if (event.key === "Enter" && event.shiftKey && event.target === query) {
      event.preventDefault();
      look("again", true);
    }
  });
  pages.bus.on("updatefindmatchescount", ({ matchesCount }) => tell(matchesCount));
  pages.bus.on("updatefindcontrolstate", ({ state, matchesCount }) => {
    if (state === LOOKING) found.textContent = words.looking;
    else if (state === NOT_FOUND) found.textContent = query.value ? words.no_match : "";
    else tell(matchesCount);
    line.classList.toggle("is-bad", state === NOT_FOUND && query.value !== "");
  });
  return { open, shut };

  function open() {
    line.hidden = false;
    button.setAttribute("aria-expanded", "true");
    query.focus();
    query.select();
    if (query.value) look("", false);
  }

  function shut() {
    if (line.hidden) return;
    line.hidden = true;
    button.setAttribute("aria-expanded", "false");
    found.textContent = "";
    pages.bus.dispatch("findbarclose", { source: line });
    pages.focus();
  }

  function look(type, findPrevious) {
    pages.bus.dispatch("find", {
      source: line,
      type,
      query: query.value,
      caseSensitive: false,
      entireWord: false,
      highlightAll: true,
      findPrevious,
      matchDiacritics: false,
    });
  }

  function tell({ current, total }) {
    found.textContent = total ? pages.told("match", { current, count: total }) : "";
  }
}
