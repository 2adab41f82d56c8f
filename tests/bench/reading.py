"""A large volume read in the browser: how long until its first page is drawn, and how little of it that takes."""

import hashlib
import io
import shutil
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from playwright.sync_api import Browser, Request, sync_playwright

from api.database import Database
from api.settings import Settings
from api.tables import Edition, File
from storage.local import LocalStore
from tests.bench import servers
from tests.bench.measure import ROUNDS
from tests.bench.report import Row
from tests.bench.shelf import PAGE, settings_in, stock
from tests.journeys.conftest import QUIET
from tests.reading.volume import volume
from tests.site import free_port

PAGES, WEIGHT = 200, 1_000_000  # bytes of each page
AIM = 1.0  # seconds


def has_chromium() -> bool:
    return shutil.which("chromium") is not None


def reading(folder: Path) -> Row:
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}")
    cookie = stock(settings, 1).cookie
    size = _put_in_its_place(settings)
    with servers.portal(settings) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        _open(browser, server.url, cookie)  # warm
        opened = [_open(browser, server.url, cookie) for _ in range(ROUNDS)]
        browser.close()
    seconds, fetched = median(each[0] for each in opened), median(each[1] for each in opened)
    return Row(
        f"a volume of {size / 1e6:.0f} MB, read in Chromium: seconds to its first page",
        f"{AIM:g} s",
        seconds / AIM,
        f"{seconds:.2f} s, with nothing cached; {fetched / 1e3:,.0f} kB of the file",
        at_most=1.0,
    )


def _put_in_its_place(settings: Settings) -> int:
    """Let the founding title have a large file; its size."""
    content = volume(PAGES, weight=WEIGHT)
    sha256 = hashlib.sha256(content).hexdigest()
    LocalStore(settings.storage.root).put(io.BytesIO(content), sha256, len(content))
    database = Database(settings.database_url)
    with database.writing() as db:
        file = File(sha256=sha256, size=len(content), page_count=PAGES)
        db.add(file)
        db.flush()
        db.exec(sa.update(Edition).values(file_id=file.id))
    database.close()
    return len(content)


def _open(browser: Browser, url: str, cookie: str) -> tuple[float, int]:
    """Seconds from asking for the page to the first sheet, in a browser that knows nothing yet; bytes of the file."""
    name, _, value = cookie.partition("=")
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page, parts = context.new_page(), list[Request]()
    page.on("request", lambda request: parts.append(request) if "range" in request.headers else None)
    page.goto(f"{PAGE}/read")
    page.wait_for_selector("#reader[data-drawn]")
    seconds = int(page.get_attribute("#reader", "data-drawn") or 0) / 1000
    fetched = sum(_length(part.headers["range"]) for part in parts)
    context.close()
    return seconds, fetched


def _length(part: str) -> int:
    first, last = part.removeprefix("bytes=").split("-")
    return int(last) - int(first) + 1
