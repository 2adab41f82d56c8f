"""Reading in a real browser: few bytes for the first page, links that renew themselves, and an end in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from api import clock
from api.access.rules import set_ladder
from api.settings import Settings
from api.settings_parts import StorageSettings
from api.tables import File, RuleKind, Ticket
from tests.journeys.bucket_door import door_to
from tests.journeys.conftest import PATIENT, chromium  # noqa: F401
from tests.make import Made, shelve
from tests.reading.volume import volume
from tests.s3 import S3Server
from tests.site import Site, served

PAGES, WEIGHT = 40, 400_000  # bytes of each page
DRAWN = "#reader[data-drawn]"
PRESS_AGAIN = """() => [...document.querySelectorAll('[data-again]')]
    .find(each => each.textContent.includes('Try again'))?.click()"""  # or it has tried by itself
SIDE_BY_SIDE = """pages => new Set(pages.map(each => each.getBoundingClientRect().y)).size === 1"""


@pytest.fixture
def engine() -> str:
    return "sqlite"


@dataclass
class Watched:
    """A page with what it fetched of the file, and what the browser held against it."""

    page: Page
    parts: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        if "range" in request.headers and request.redirected_from is None:
            self.parts.append(request)

    def listen(self, said: ConsoleMessage) -> None:
        """Scripts that break, and whatever the page's policy forbids. What could not be fetched is told apart below."""
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.faults.append(said.text)

    def look(self, answer: Response) -> None:
        if answer.status >= 400 and "/static/" in answer.url:
            self.faults.append(answer.url)

    @property
    def fetched(self) -> int:
        """Bytes of the file."""
        ends = [each.headers["range"].removeprefix("bytes=").split("-") for each in self.parts]
        return sum(int(last) - int(first) + 1 for first, last in ends)


@pytest.fixture
def watched(chromium: Browser, site: Site) -> Iterator[Watched]:  # noqa: F811
    context = chromium.new_context(base_url=site.url, viewport={"width": 1000, "height": 800})
    yield watching(context)
    context.close()


def watching(context: BrowserContext) -> Watched:
    context.set_default_timeout(PATIENT)
    found = Watched(context.new_page())
    found.page.on("request", found.note)
    found.page.on("console", found.listen)
    found.page.on("response", found.look)
    return found


def sign_in_to(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sign in to read").first.click()
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name="Cleo Specimen").click()


def read(watched: Watched, made: Made, page: str = "") -> Page:
    sign_in_to(watched.page, f"{made.path}/read{page}")
    watched.page.wait_for_selector(DRAWN)
    return watched.page


def shelve_volume(site: Site) -> Made:
    made = shelve(site, file=volume(PAGES, weight=WEIGHT))
    with site.portal.database.writing() as db:
        db.exec(sa.update(File).values(page_count=PAGES))
    return made


def test_a_reading_from_sign_in_to_the_end_of_access(site: Site, watched: Watched) -> None:
    made = shelve_volume(site)
    page = read(watched, made, "?page=5")
    fetched, parts = watched.fetched, len(watched.parts)
    assert fetched < PAGES * WEIGHT / 6, "the first page needs only a little of the file"
    assert parts <= 12
    number, region = page.get_by_label("Go to page"), page.get_by_role("region", name="Page 5", exact=True)
    expect(number).to_have_value("5")
    expect(page.locator("[data-count]")).to_have_text("(7 of 40)")
    expect(region.get_by_text("This is sheet 7 of the volume")).to_be_attached()  # for those who listen
    expect(page.get_by_role("link", name="The Mouth 21")).to_be_visible()  # from the bookmarks
    expect(page.locator("#contents [aria-current]")).to_have_text("The Source1")

    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("6")
    page.wait_for_url("**/read?page=6")
    before = page.locator("[data-scale]").inner_text()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("[data-scale]")).not_to_have_text(before)

    with site.portal.database.writing() as db:  # the link runs out, and nobody notices
        db.exec(sa.update(Ticket).values(expires_at=clock.now() - timedelta(seconds=1)))
    page.get_by_role("link", name="The Mouth").click()
    expect(number).to_have_value("21")
    number.fill("38")
    number.press("Enter")
    page.wait_for_url("**/read?page=38")
    with page.expect_response("**/read/page"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    with site.portal.database.writing() as db:  # and then the press changes its mind
        set_ladder(db, made.id, [RuleKind.LISTED])
        db.exec(sa.update(Ticket).values(revoked_at=clock.now()))
    page.keyboard.press("Home")
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("This is not open to you any more")
    assert watched.faults == []
    page.get_by_role("alert").get_by_role("link", name="See the title").click()
    expect(page.get_by_text("You are not on the list")).to_be_visible()


def test_by_a_store_of_its_own_and_a_line_that_breaks(
    settings: Settings,
    s3_server: S3Server,
    s3_keys: None,
    chromium: Browser,  # noqa: F811
) -> None:
    with door_to(s3_server.url, settings.public_url) as door:
        storage = StorageSettings(
            kind="s3", bucket=s3_server.bucket(), endpoint_url=s3_server.url, public_endpoint_url=door.url
        )
        context = chromium.new_context(base_url=settings.public_url, viewport={"width": 390, "height": 844})
        with served(settings.model_copy(update={"storage": storage})) as site:
            made, watched = shelve_volume(site), watching(context)
            page = read(watched, made)
            assert f"connect-src 'self' {door.url};" in page.request.get(page.url).headers["content-security-policy"]
            assert (ranges := set(door.ranges))
            page.evaluate("0")  # after this all is heard that was asked for before; others are on their way
            assert ranges <= {part.headers["range"] for part in watched.parts}

            door.lets_through = 0
            page.get_by_role("button", name="Contents").click()
            page.get_by_role("link", name="The Mouth").click()
            expect(page.get_by_role("heading", name="These pages can’t be fetched now")).to_be_visible()
            again = page.get_by_role("button", name="Try again")
            expect(again).to_be_visible()
            door.lets_through = 1000
            page.evaluate(PRESS_AGAIN)
            expect(page.get_by_text("This is sheet 23 of the volume")).to_be_attached()
            expect(page.get_by_role("alert")).to_have_count(0)

            context.clear_cookies()  # signed out in another window
            with site.portal.database.writing() as db:
                db.exec(sa.update(Ticket).values(expires_at=clock.now() - timedelta(seconds=1)))
            page.get_by_label("Go to page").fill("38")
            page.get_by_label("Go to page").press("Enter")
            expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("You are signed out")
            page.wait_for_url("**/read?page=38")
            page.get_by_role("link", name="Sign in and read on").click()
            page.wait_for_url(f"**/sign-in?next={made.path.replace('/', '%2F')}%2Fread%3Fpage%3D38")
            assert watched.faults == []
        context.close()


def test_finding_words_on_pages_side_by_side(chromium: Browser, site: Site) -> None:  # noqa: F811
    made = shelve(site, file=volume(12), rules=[RuleKind.EVERYONE])
    context = chromium.new_context(base_url=site.url, viewport={"width": 1300, "height": 800})
    watched = watching(context)
    page = watched.page
    page.goto(f"{made.path}/read?page=3")
    page.wait_for_selector(DRAWN)
    left, right = (page.get_by_role("region", name=f"Page {label}", exact=True) for label in ("2", "3"))
    expect(right.get_by_text("This is sheet 5 of the volume")).to_be_attached()
    page.wait_for_function(SIDE_BY_SIDE, arg=[left.element_handle(), right.element_handle()])
    page.keyboard.press("/")
    page.keyboard.type("sheet 12 ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("1 of 1")
    expect(page.locator(".textLayer .highlight.selected")).to_have_text("sheet 12 ")
    page.get_by_label("Find in the text").last.fill("sheet 13")
    expect(page.locator("[data-found]")).to_have_text("Not found")
    page.keyboard.press("Escape")
    expect(page.get_by_role("search")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.get_by_label("Go to page")).to_have_value("i")
    page.get_by_label("Go to page").fill("57")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_text("There is no page 57.")
    assert watched.faults == []
    context.close()
