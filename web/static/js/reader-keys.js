// The keys. Letters and signs count only while the pages have the focus, so that they are in nobody's way.

export function keys(pages, find) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "f") {
      event.preventDefault();
      find.open();
    }
  });
  pages.box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = acts[event.key];
    if (!act || (event.key.startsWith("Arrow") && pages.box.scrollWidth > pages.box.clientWidth + 1)) return;
    event.preventDefault();
    act();
  });

  const acts = {
    ArrowRight: () => pages.turn(1),
    ArrowLeft: () => pages.turn(-1),
    Home: () => pages.go(1),
    End: () => pages.go(pages.count),
    "+": () => pages.zoom(1),
    "=": () => pages.zoom(1),
    "-": () => pages.zoom(-1),
    "0": () => pages.zoom(0),
    "/": () => find.open(),
    g: () => pages.field.focus(),
  };
}
