"""Take a picture of every page in four forms and look for faults in its layout: `python -m tests.gallery [name…]`."""

import argparse
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page as Window

from api.notices import choice
from api.tables import Terms, User
from tests.gallery import faulty
from tests.gallery.look import WIDTHS, faults
from tests.gallery.pages import ELI, NOBODY, TERMS, Page, all_pages
from tests.gallery.shelf import open_portal
from tests.site import Site

ROOT = Path(__file__).parents[2]
ALL, BEST = ROOT / "var/pictures", ROOT / "docs/pictures"
LARGEST = 80_000  # bytes of a picture
MOST_DOTS = 1600  # across
TALLEST = 2.5  # windows; what a page has below is not in its picture
IN_GERMAN = (WIDTHS[0], 1280)
_TO_THE_PLACE = "location.hash && document.querySelector(location.hash).scrollIntoView()"


@dataclass(frozen=True)
class Form:
    """A window and what its reader prefers."""

    width: int
    height: int
    scheme: str = "light"
    media: str = "screen"
    forced: str = "none"
    language: str = "en"


FORMS = {
    "light": Form(1440, 900),
    "dark": Form(1440, 900, scheme="dark"),
    "phone": Form(390, 844),
    "wide": Form(2560, 1440),
    "print": Form(627, 950, media="print"),  # A4 within its margins
    "forced": Form(1440, 900, scheme="dark", forced="active"),
    "german": Form(1440, 900, scheme="dark", language="de"),
    "german-phone": Form(390, 844, language="de"),
}
FOUR = ("light", "dark", "phone", "wide")
OF_THE_BEST = {  # what the README shows: the first window of these
    "landing": ("light", "german"),
    "landing-open": ("light",),
    "reader": ("dark",),
    "discussion": ("light",),
    "desk-title": ("light",),
    "desk-usage": ("dark",),
}


def main() -> int:
    asked = _arguments()
    began = time.monotonic()
    logging.disable()  # the portal is made to go wrong here
    ALL.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, _browser(Path(scratch)) as browser, open_portal(Path(scratch)) as (site, run):
        faulty.put_up(site.app)
        gallery = Gallery(browser, site, asked.forms)
        for page in all_pages(run, _way_out(site)):
            if page is TERMS[0]:
                _ask_for_terms(site)
            if not asked.names or page.name in asked.names:
                gallery.shows(page)
        gallery.close()
    for page, found in gallery.found.items():
        print(page)
        for fault, where in found.items():
            print(f"  {fault}  [{', '.join(where)}]")
    print(
        f"{gallery.taken} pictures in {ALL}, {time.monotonic() - began:.0f} s; {len(gallery.found)} pages with faults"
    )
    return 1 if gallery.found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("names", nargs="*", help="of pages; all of them where none is named")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FOUR)
    return parser.parse_args()


class Gallery:
    """Goes from page to page with a window for each person, keeps the pictures, and notes the faults."""

    def __init__(self, browser: Browser, site: Site, forms: Sequence[str]) -> None:
        self._browser = browser
        self._site = site
        self._forms = forms
        self._windows: dict[str, Window] = {}
        self._encoders = ThreadPoolExecutor(2)
        self._kept: list[Future[None]] = []
        self.taken = 0
        self.found: dict[str, dict[str, list[str]]] = {}

    def shows(self, page: Page) -> None:
        window = self._window(page.who)
        best = OF_THE_BEST.get(page.name, ())
        for language, widths in (("en", WIDTHS), ("de", IN_GERMAN)):
            try:
                self._goes(window, page, language)
            except (AssertionError, PlaywrightError) as fault:
                self._notes(page, str(fault).partition("\n")[0], language)
                continue
            for name, form in FORMS.items():
                if form.language == language and name in (*self._forms, *best):
                    self._takes(window, page, name, is_best=name in best)
            self._looks(window, page, "" if language == "en" else " de", widths)

    def close(self) -> None:
        for each in self._kept:
            each.result()
        self._encoders.shutdown()

    def _goes(self, window: Window, page: Page, language: str) -> None:
        window.emulate_media(color_scheme="light", media="screen", forced_colors="none", reduced_motion="reduce")
        window.set_viewport_size({"width": 1440, "height": 900})
        window.context.set_extra_http_headers({"accept-language": language})
        window.goto("about:blank")  # a place on the page that is open would be no answer
        answer = window.goto(page.address)
        assert answer is not None
        assert answer.status == page.status, f"answers {answer.status}"
        if page.does is not None:
            page.does(window)
        window.evaluate("document.fonts.ready.then(() => true)")

    def _takes(self, window: Window, page: Page, name: str, *, is_best: bool) -> None:
        form = FORMS[name]
        window.emulate_media(color_scheme=form.scheme, media=form.media, forced_colors=form.forced)  # type: ignore[arg-type]
        window.set_viewport_size({"width": form.width, "height": form.height})
        if is_best:
            window.evaluate(_TO_THE_PLACE)
            self._keeps(BEST / f"{page.name}-{name}.webp", window.screenshot())
        tall = min(window.evaluate("document.documentElement.scrollHeight"), int(TALLEST * form.height))
        window.set_viewport_size({"width": form.width, "height": tall})
        self._keeps(ALL / f"{page.name}-{name}.webp", window.screenshot())
        self.taken += 1

    def _keeps(self, path: Path, png: bytes) -> None:
        self._kept.append(self._encoders.submit(_write, path, png))

    def _looks(self, window: Window, page: Page, language: str, widths: tuple[int, ...]) -> None:
        window.emulate_media(color_scheme="light", media="screen", forced_colors="none")
        for fault, width in faults(window, widths):
            self._notes(page, fault, f"{width}{language}")

    def _notes(self, page: Page, fault: str, where: str) -> None:
        self.found.setdefault(page.name, {}).setdefault(fault, []).append(where)

    def _window(self, who: str) -> Window:
        if who not in self._windows:
            context = self._browser.new_context(base_url=self._site.url, reduced_motion="reduce")
            context.set_default_timeout(15_000)
            self._windows[who] = context.new_page()
            _sign_in(context, self._windows[who], who)
        return self._windows[who]


def _sign_in(context: BrowserContext, window: Window, who: str) -> None:
    if who == NOBODY:
        return
    window.goto("/sign-in?next=/account")
    window.get_by_role("button", name="Example University" if who == ELI else "Example Sign-in").click()
    window.get_by_role("button", name=who).click()
    window.wait_for_url("**/account")


def _write(path: Path, png: bytes) -> None:
    """As WebP of at most so many bytes: first with less detail, then smaller."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.thumbnail((MOST_DOTS, 3 * MOST_DOTS), Image.Resampling.BILINEAR)
    while True:
        for quality in (85, 65):
            kept = BytesIO()
            picture.save(kept, "WEBP", quality=quality, method=2)
            if kept.tell() <= LARGEST:
                path.write_bytes(kept.getvalue())
                return
        picture = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.BILINEAR)


def _way_out(site: Site) -> str:
    """Where a reader's mails end."""
    with site.portal.database.reading() as db:
        address = choice.way_out(site.portal.seal, "", db.get_one(User, 2))
    return address


def _ask_for_terms(site: Site) -> None:
    with site.portal.database.writing() as db:
        db.add(Terms(words="The files are for your own reading and study.\n\nDo not put them on other sites."))


@contextmanager
def _browser(scratch: Path) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or sys.exit("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
            env=os.environ | {"FONTCONFIG_FILE": str(_with_inter(scratch))},
        )
        yield browser
        browser.close()


def _with_inter(folder: Path) -> Path:
    """Fonts as the design's own pictures have them: Inter, where it is installed, in the place of the system's sans."""
    alias = "".join(
        f"<alias binding='strong'><family>{name}</family><prefer><family>Inter</family></prefer></alias>"
        for name in ("system-ui", "sans-serif")
    )
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{alias}</fontconfig>")
    return path


if __name__ == "__main__":
    sys.exit(main())
