// The contents beside the pages: the file's bookmarks where it has them, else the chapters that are there already.

const DEEPEST = 3; // levels of bookmarks that are shown
const LOOKED_UP = 80; // bookmarks whose pages are looked up, one after the other

export async function contentsOf(pages, file) {
  const rail = document.getElementById("contents");
  const list = rail.querySelector("ol");
  const button = document.querySelector("[data-open-contents]");
  button.addEventListener("click", () => toggle(button.getAttribute("aria-expanded") !== "true"));
  rail.addEventListener("click", (event) => follow(event));
  rail.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));

  const outline = await file.getOutline();
  const bookmarks = outline?.length ? put(outline) : [];
  pages.onTurn(mark);
  for (const bookmark of bookmarks.slice(0, LOOKED_UP)) await lookUp(bookmark);
  mark(pages.number);

  function toggle(isOpen) {
    button.setAttribute("aria-expanded", String(isOpen));
    rail.classList.toggle("is-open", isOpen);
    if (isOpen) rail.querySelector("a")?.focus();
    else if (rail.contains(document.activeElement)) button.focus();
  }

  /** Put the bookmarks in the place of the chapters; each with where it leads. */
  function put(outline) {
    const found = [];
    rail.classList.remove("rd-toc--bare");
    rail.querySelector("[data-no-contents]")?.remove();
    list.replaceChildren(...lines(outline, 1, found));
    return found;
  }

  function lines(items, depth, found) {
    return items.map((item) => {
      const line = document.createElement("li"), link = document.createElement("a");
      const name = document.createElement("span");
      name.textContent = item.title;
      link.href = "#main";
      link.append(name);
      line.append(link);
      if (item.dest) found.push({ link, dest: item.dest });
      if (item.dest) link.goTo = item.dest;
      if (item.items?.length && depth < DEEPEST) {
        const below = document.createElement("ol");
        below.append(...lines(item.items, depth + 1, found));
        line.append(below);
      }
      return line;
    });
  }

  /** Write a bookmark's page beside it. */
  async function lookUp({ link, dest }) {
    try {
      const place = typeof dest === "string" ? await file.getDestination(dest) : dest;
      const number = typeof place?.[0] === "object" ? (await file.getPageIndex(place[0])) + 1 : 0;
      if (!number) return;
      const printed = document.createElement("span");
      printed.className = "num";
      printed.textContent = pages.labelOf(number);
      link.dataset.number = number;
      link.href = `?page=${encodeURIComponent(pages.labelOf(number))}`;
      link.append(printed);
    } catch {
      // a bookmark that leads nowhere stays a name
    }
  }

  function follow(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const number = numberOf(link);
    if (!link.goTo && !number) return;
    event.preventDefault();
    if (number) pages.go(number);
    else pages.links.goToDestination(link.goTo);
    toggle(false);
    pages.focus();
  }

  function numberOf(link) {
    return Number(link.dataset.number) || (link.dataset.page ? pages.numberOf(link.dataset.page) : 0);
  }

  /** Mark the last line that begins on or before the page. */
  function mark(number) {
    let here = null;
    for (const link of list.querySelectorAll("a")) {
      const begins = numberOf(link);
      link.removeAttribute("aria-current");
      if (begins && begins <= number && (!here || begins >= numberOf(here))) here = link;
    }
    here?.setAttribute("aria-current", "true");
  }
}
