"""What is wrong with how a page is laid out: words in each other's way, cut off, squeezed, or beyond the window."""

from playwright.sync_api import Page

WIDTHS = (320, 390, 1280, 2560)  # CSS pixels; 320 is also a window of 1280 at 400 %
ZOOMED_HEIGHT, TALL = 256, 900
_FAULTS = """() => {
  const root = document.querySelector('dialog[open]') ?? document.body, wide = document.documentElement.clientWidth;
  const found = new Set(), texts = [];
  const name = at => `${at.tagName.toLowerCase()}${[...at.classList].map(each => '.' + each).join('')}`;
  const UNSEEN = '.vh, .skip, svg, script, style, option, textarea, noscript, .textLayer';
  const words = text => text.trim().replace(/\\s+/g, ' ').slice(0, 40);
  if (document.scrollingElement.scrollWidth > wide) {
    const far = [...document.body.querySelectorAll('*')].filter(at => at.getBoundingClientRect().right > wide + 1);
    found.add(`goes ${document.scrollingElement.scrollWidth - wide} px beyond the edge: ${far.slice(0, 3).map(name)}`);
  }
  const block = at => { while (getComputedStyle(at).display === 'inline') at = at.parentElement; return at; };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode, at = text.parentElement;
    if (!text.data.trim() || at.closest(UNSEEN)) continue;
    if (!at.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) continue;
    range.selectNodeContents(text);
    const size = parseFloat(getComputedStyle(at).fontSize), boxes = [...range.getClientRects()];
    const home = block(at), lines = new Set(boxes.map(box => Math.round(box.top))).size;
    const is_squeezed = lines > 3 && home.clientWidth > 1 && home.clientWidth < 4.5 * size;
    if (is_squeezed) found.add(`squeezed: ${name(home)} “${words(text.data)}”`);
    for (const box of boxes) {
      if (box.width < 2 || box.height < 2) continue;
      const middle = (box.top + box.bottom) / 2, half = size * 0.32;
      const core = { left: box.left, right: box.right, top: middle - half, bottom: middle + half, at, text };
      let is_there = true;
      for (let up = at; up && up !== document.documentElement; up = up.parentElement) {
        const style = getComputedStyle(up), frame = up.getBoundingClientRect();
        if (style.clipPath !== 'none' && frame.width <= 1) { is_there = false; break; }
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const cut = core.right > frame.right + 1 || core.left < frame.left - 1 || core.bottom > frame.bottom + 1
          || core.top < frame.top - 1;
        if (!cut) continue;
        is_there = false;
        const hides = ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis';
        if (hides) found.add(`cut off: ${name(up)} “${words(text.data)}”`);
        break;
      }
      if (!is_there) continue;
      if (core.left < -1 || core.right > wide + 1) found.add(`outside the window: ${name(at)} “${words(text.data)}”`);
      texts.push(core);
    }
  }
  texts.sort((one, other) => one.top - other.top);
  for (let n = 0; n < texts.length; n++) {
    for (let m = n + 1; m < texts.length && texts[m].top < texts[n].bottom - 1; m++) {
      const [one, other] = [texts[n], texts[m]];
      if (one.text === other.text) continue;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 1 && down > 1) {
        const said = each => `${name(each.at)} “${words(each.text.data)}”`;
        found.add(`one over the other: ${said(one)}, ${said(other)}`);
      }
    }
  }
  for (const at of root.querySelectorAll('button, .btn')) {
    if (at.checkVisibility() && !at.closest('.vh') && at.scrollWidth > at.clientWidth + 1 && at.clientWidth > 2) {
      found.add(`too narrow: ${name(at)} “${words(at.textContent)}”`);
    }
  }
  return [...found];
}"""


def faults(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[tuple[str, int]]:
    """Each fault in words, and the width of the window that shows it."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": ZOOMED_HEIGHT if width == WIDTHS[0] else TALL})
        found += [(fault, width) for fault in page.evaluate(_FAULTS)]
    return found
