// The pages themselves: drawn by PDF.js, named by their printed labels, fitted to the window, and remembered.

const TWO_PAGES = matchMedia("(min-width: 75em)");
const ONE_AT_A_TIME = 0, COVER_ALONE = 2; // PDF.js's names for pages side by side are numbers
const REMEMBER_AFTER = 1500; // milliseconds on a page
const SILENT = { pause() {}, resume() {}, translate() {}, translateOnce() {}, destroy() {}, getLanguage: () => "en", getDirection: () => "ltr", get: async () => "" };

export class Pages {
  constructor(library, views, desk, words, say) {
    this.desk = desk;
    this.words = words;
    this.say = say;
    this.labels = null;
    this.number = 0;
    this.changes = [];
    this.box = desk.querySelector(".rd-pages");
    this.field = document.getElementById("rd-page");
    this.bus = new views.EventBus();
    this.links = new views.PDFLinkService({ eventBus: this.bus, externalLinkTarget: views.LinkTarget.BLANK });
    this.search = new views.PDFFindController({ eventBus: this.bus, linkService: this.links });
    this.viewer = new views.PDFViewer({
      container: this.box,
      viewer: this.box.firstElementChild,
      eventBus: this.bus,
      linkService: this.links,
      findController: this.search,
      annotationMode: library.AnnotationMode.ENABLE,
      enableAutoLinking: false,
      l10n: SILENT,
    });
    this.links.setViewer(this.viewer);
    this.listen();
  }

  /** Draw `file` from the page that is asked for, or the one that is remembered, or the first. */
  async show(file, asked) {
    const labels = await file.getPageLabels();
    const says = labels?.some((label, index) => label && label !== String(index + 1));
    this.labels = says ? labels.map((label, index) => label || String(index + 1)) : null;
    const start = this.numberOf(asked, file.numPages) || Number(this.desk.dataset.start) || 1;
    if (asked && !this.numberOf(asked, file.numPages)) this.say(this.told("no_page", { page: asked }));
    const drawn = new Promise((done) => this.bus.on("pagerendered", done, { once: true }));
    this.bus.on("pagesinit", () => {
      this.fit();
      this.viewer.currentPageNumber = Math.min(start, file.numPages);
      this.turned(this.viewer.currentPageNumber);
    }, { once: true });
    this.viewer.setDocument(file);
    this.links.setDocument(file, null);
    await drawn;
    this.desk.querySelector(".rd-wait").hidden = true;
    this.desk.dataset.drawn = String(Math.round(performance.now()));
    if (document.activeElement === document.body) this.focus();
  }

  get count() {
    return this.viewer.pagesCount;
  }

  labelOf(number) {
    return this.labels ? this.labels[number - 1] : String(number);
  }

  /** The number of the page with that printed label, or where none are printed with that number; 0 for no page. */
  numberOf(text, count = this.count) {
    const wanted = text.trim().toLowerCase();
    if (this.labels) return this.labels.findIndex((label) => label.toLowerCase() === wanted) + 1;
    const number = /^\d{1,6}$/.test(wanted) ? Number(wanted) : 0;
    return number >= 1 && number <= count ? number : 0;
  }

  go(number) {
    this.viewer.currentPageNumber = number;
  }

  /** Let the keys go to the pages, without a ring where nobody has pressed one. */
  focus() {
    this.box.focus({ preventScroll: true, focusVisible: false });
  }

  turn(way) {
    if (way > 0) this.viewer.nextPage();
    else this.viewer.previousPage();
  }

  zoom(way) {
    if (way > 0) this.viewer.increaseScale();
    else if (way < 0) this.viewer.decreaseScale();
    else this.fit();
  }

  /** As large as the window lets whole pages be: two side by side where there is room, else as wide as it is. */
  fit() {
    this.viewer.spreadMode = TWO_PAGES.matches && this.count > 1 ? COVER_ALONE : ONE_AT_A_TIME;
    this.viewer.currentScaleValue = TWO_PAGES.matches ? "page-fit" : "page-width";
  }

  /** Call `change` with the number of the page whenever it is another. */
  onTurn(change) {
    this.changes.push(change);
    change(this.number);
  }

  told(which, values) {
    return this.words[which].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  listen() {
    this.bus.on("pagechanging", ({ pageNumber }) => this.turned(pageNumber));
    this.bus.on("scalechanging", ({ scale }) => {
      document.querySelector("[data-scale]").textContent = `${Math.round(scale * 100)}%`;
    });
    this.bus.on("pagerendered", ({ source, pageNumber }) => {
      source.div.setAttribute("role", "region");
      source.div.setAttribute("aria-label", this.told("page", { page: this.labelOf(pageNumber) }));
    });
    document.querySelectorAll("[data-turn]").forEach((button) => {
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    });
    document.querySelectorAll("[data-zoom]").forEach((button) => {
      button.addEventListener("click", () => this.zoom(Number(button.dataset.zoom)));
    });
    document.querySelector("[data-go]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.goToTyped();
    });
    this.field.addEventListener("focus", () => this.field.select());
    this.field.addEventListener("blur", () => this.name());
    TWO_PAGES.addEventListener("change", () => this.fit());
    addEventListener("resize", () => {
      const named = this.viewer.currentScaleValue;
      if (this.count && Number.isNaN(Number(named))) this.viewer.currentScaleValue = named;
      this.viewer.update();
    });
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.remember());
  }

  goToTyped() {
    const number = this.numberOf(this.field.value);
    this.field.setAttribute("aria-invalid", String(!number));
    if (!number) return this.say(this.told("no_page", { page: this.field.value }));
    this.go(number);
    this.focus();
  }

  turned(number) {
    if (number === this.number) return;
    const isFirst = !this.number;
    this.number = number;
    this.name();
    if (!isFirst) this.say(this.told("page_of", { page: this.labelOf(number), count: this.count }));
    document.querySelector('[data-turn="-1"]').disabled = number <= 1;
    document.querySelector('[data-turn="1"]').disabled = number >= this.count;
    if (!isFirst) history.replaceState(null, "", `?page=${encodeURIComponent(this.labelOf(number))}`);
    for (const change of this.changes) change(number);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remember(), REMEMBER_AFTER);
  }

  /** Put the page's label into its field, and how many there are beside it. */
  name() {
    const label = this.labelOf(this.number), isNumber = label === String(this.number);
    this.field.disabled = false;
    this.field.value = label;
    this.field.removeAttribute("aria-invalid");
    const beside = this.told(isNumber ? "of" : "number_of", { number: this.number, count: this.count });
    document.querySelector("[data-count]").textContent = beside;
  }

  /** Tell the portal where the reader is, if they are signed in; nothing waits for it. */
  remember() {
    const { remember } = this.desk.dataset;
    if (!remember || !this.number || this.number === this.remembered) return;
    this.remembered = this.number;
    const body = new URLSearchParams({ page: this.number, label: this.labels ? this.labelOf(this.number) : "" });
    fetch(remember, { method: "POST", body, keepalive: true }).catch(() => { this.remembered = 0; });
  }
}
