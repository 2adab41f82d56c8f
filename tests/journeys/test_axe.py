"""axe finds nothing on any page, at the desk or before it: in light and dark, at a desk's width and a phone's."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from api.settings import Settings
from api.settings_parts import MailSettings
from api.tables import Terms
from tests.journeys.conftest import PATIENT
from tests.journeys.furnished import furnish
from tests.site import Site

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FAULTS_ALONE: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
ALL_RULES = FAULTS_ALONE | {"runOnly": TAGS}
SEEN = ["color-contrast", "target-size", "scrollable-region-focusable"]  # what a scheme and a width can change
INK_AND_ROOM = FAULTS_ALONE | {"runOnly": {"type": "rule", "values": SEEN}}
DESK_WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FORMS = (
    ("light", DESK_WIDE, ALL_RULES),
    ("dark", PHONE, INK_AND_ROOM),
)
ASK = """async rules => (await axe.run(rules)).violations.flatMap(fault => fault.nodes.map(node =>
    `${fault.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`))"""
NARROW, WIDE = {"width": 320, "height": 700}, {"width": 2560, "height": 1200}  # 320 is also 1280 at 400 %
BEYOND = """() => {
    const wide = document.documentElement.clientWidth, out = [];
    if (document.scrollingElement.scrollWidth <= wide) return out;
    for (const at of document.body.querySelectorAll('*')) {
        const box = at.getBoundingClientRect();
        if (box.width && box.right > wide + 1 && !at.closest('.vh')) out.push(`${at.tagName} ${at.className}`);
    }
    return [`goes beyond the edge: ${out.slice(0, 5).join(', ')}`];
}"""
SEND = """([to, fields]) => {
    const form = document.createElement('form');
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement('textarea');
        Object.assign(field, { name, value });
        form.append(field);
    }
    Object.assign(form, { method: 'post', action: to, hidden: true });
    document.body.append(form);
    form.submit();
}"""
ABOUT, DRAFT = "/desk/titles/rivers-of-paper", "/desk/titles/rivers"
DESK = (
    *("/desk", "/desk?state=draft&q=rivers", "/desk?q=nothing-fits", "/desk/titles/new"),
    *(
        f"{ABOUT}{leaf}"
        for leaf in ("", "/record", "/contents", "/file", "/accessibility", "/access", "/publishing", "/notices")
    ),
    *(f"{ABOUT}/access/{leaf}" for leaf in ("readers", "readers/list", "vouchers", "links", "trial")),
    *(
        f"{ABOUT}/cover",
        f"{ABOUT}/preview",
        f"{ABOUT}/preview?as=signed-in",
        "/desk/titles/unfinished",
        "/desk/titles/gone/publishing",
    ),
    *(f"{DRAFT}{leaf}" for leaf in ("", "/record", "/contents", "/publishing", "/preview")),
    *(
        "/desk/readiness",
        "/desk/outbox",
        "/desk/import",
        "/desk/requests",
        "/desk/requests?title=asked",
        "/desk/copies",
        "/desk/copies/1",
        "/desk/deposits",
        "/desk/deposits/rivers",
    ),
    *("/desk/institutions", "/desk/institutions/new", "/desk/institutions/example-university"),
    *("/desk/readers", "/desk/readers?q=Ben", "/desk/readers/1", "/desk/readers/2", "/desk/staff", "/desk/audit"),
    *("/desk/fair-use", "/desk/house", "/desk/house/pages/imprint"),
)
SENT_FROM_THE_DESK = (  # refused, to be confirmed, or answered at once
    (f"{DRAFT}/record", {"do": "save", "title": "", "slug": "Not So", "published": "soon", "doi": "10"}),
    ("/desk/house/look", {"name": "x" * 81, "colour": "#ffcc00", "colour_dark": "blue"}),
    (f"{ABOUT}/access/vouchers", {"uses": "0", "until": "2020-01-01"}),
    (f"{ABOUT}/notices", {"kind": "erratum", "words": ""}),
    (f"{ABOUT}/notices", {"kind": "erratum", "words": "Page 12: read 21 for 12."}),
    (f"{ABOUT}/access/trial", {"who": "nobody"}),
    (f"{ABOUT}/publishing/withdrawal", {"seen": "0", "reason": "", "slug": ""}),
    ("/desk/institutions", {"slug": "No", "name": ""}),
    ("/desk/copies/1", {"address": "no address"}),
    ("/desk/comments/1", {"do": "hide", "reason": ""}),
)
TITLE = "/reports/rivers-of-paper"
WALLS = tuple(f"/reports/{slug}" for slug in ("listed", "asked", "coded", "gone", "later", "open", "unfinished"))
HOUSE = ("/help", "/for-libraries", "/privacy", "/accessibility", "/imprint")
OPEN = ("/", "/?q=rivers", "/?q=nothing-fits", TITLE, f"{TITLE}.pdf", f"{TITLE}/chapters/1", *WALLS, *HOUSE)
OPEN += ("/search", "/search?q=rivers", "/search?q=sample", "/search?q=nothing-fits&from=1990")
OPEN += (f"{TITLE}/comments", f"{TITLE}/comments/1")
OPEN += ("/reports/anhar", "/sign-in", f"/sign-in?next={TITLE}", "/no-such-page")
STATUS = {"/no-such-page": 404, "/sign-in/demo/callback": 400}
OWN = (
    "/",
    TITLE,
    f"{TITLE}/chapters/1",
    *WALLS,
    "/account",
    "/account/keys",
    "/account/reports",
    f"{TITLE}?page=1",
    *(f"{TITLE}/comments/{leaf}" for leaf in ("new", "new?reply=1", "1/report", "3/edit", "3/deletion")),
    "/search?q=rivers&access=mine",
    "/opds/sign-in",
    "/sign-in/demo/callback",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mail": MailSettings(host="127.0.0.1", port=9, sender="press@press.example")})


class Looker:
    """Goes from page to page and keeps what axe says of each, in every form of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, set[str]] = {}

    def goes(self, *paths: str) -> None:
        for path in paths:
            answer = self.page.goto(path)
            assert answer is not None
            assert answer.status == STATUS.get(path, 200), path
            self.looks(path)

    def sends(self, path: str, fields: dict[str, str]) -> None:
        with self.page.expect_navigation():
            self.page.evaluate(SEND, [path, fields])
        self.looks(f"POST {path}")

    def presses(self, *names: str) -> None:
        for name in names:
            with self.page.expect_navigation():
                self.page.get_by_role("button", name=name).first.click()
        self.looks(f"{names} {self.page.url}")

    def looks(self, name: str) -> None:
        for scheme, size, rules in FORMS:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            for fault in self.page.evaluate(ASK, rules):
                self.notes(fault, f"{name} {scheme} {size['width']}")
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            for fault in self.page.evaluate(BEYOND):
                self.notes(fault, f"{name} {size['width']}")

    def notes(self, fault: str, place: str) -> None:
        self.found.setdefault(fault, set()).add(place)

    def signs_in(self, person: str) -> None:
        self.page.goto("/sign-in?next=/account")
        self.page.get_by_role("button", name="Example Sign-in").click()
        self.page.get_by_role("button", name=person).click()
        self.page.wait_for_url("**/account")


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.url)
    context.set_default_timeout(PATIENT)
    context.add_init_script(AXE_SCRIPT)
    yield context
    context.close()


def test_the_desk(context: BrowserContext, site: Site) -> None:
    dry_run = furnish(site)
    ada = Looker(context.new_page())
    ada.signs_in("Ada Sample")
    ada.goes(*DESK, dry_run)
    for path, fields in SENT_FROM_THE_DESK:
        ada.sends(path, fields)
    ada.page.goto(f"{ABOUT}/access")
    ada.presses("Remove", "Save")
    assert not ada.found, "\n".join(f"{fault}\n    {places}" for fault, places in ada.found.items())


def test_the_public_pages(context: BrowserContext, site: Site) -> None:
    furnish(site)
    somebody = Looker(context.new_page())
    somebody.goes(*OPEN)
    somebody.signs_in("Cleo Specimen")
    somebody.goes(*OWN)
    somebody.sends("/reports/coded/vouchers", {"code": "WRONG"})
    somebody.sends(f"{TITLE}/comments", {"text": " "})
    somebody.sends(f"{TITLE}/comments/1/report", {"reason": "none"})
    somebody.page.goto(TITLE)
    somebody.presses("Download the PDF")
    with site.portal.database.writing() as db:
        db.add(Terms(words="Read well."))
    somebody.goes("/terms", TITLE)
    somebody.presses("Download the PDF")
    assert not somebody.found, "\n".join(f"{fault}\n    {places}" for fault, places in somebody.found.items())
