"""The landing page as it reaches a reader: what it weighs, what a screen reader meets, and Tab alone to the file."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from api.access.rules import set_ladder
from api.demo import shelve as demo
from api.formats.record import WORK_PATHS
from api.intake.titlefile import read
from api.shelf.shelving import add_draft, id_of, publish
from api.tables import RuleKind
from tests.journeys.keyboard import Keyboard
from tests.make import Made, give_chapters, new_edition, shelve
from tests.site import Site

HEAVIEST = 60_000  # bytes on the wire, of a first visit
MOST_REQUESTS = 8
ORDER = (  # what stands on a title's page, as it is read out
    *('link "Skip to content"', "banner", 'navigation "Main"', "main", 'heading "Rivers of Paper" [level=1]'),
    *("complementary", 'heading "Sign in to read the full report" [level=2]', 'link "Sign in to read"'),
    *('heading "Abstract" [level=2]', 'heading "Contents" [level=2]', 'heading "Cite" [level=2]'),
    *('heading "Details" [level=2]', 'heading "Discussion" [level=2]', "contentinfo", 'navigation "The house"'),
)


def on_the_wire(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def test_the_founding_title_s_page_is_light_and_asks_nobody_else(chromium: Browser, site: Site) -> None:
    draft = read(demo.FILES / "russia-china-relations.toml")
    with site.portal.database.writing() as db:
        title_id = id_of(add_draft(db, draft))
        set_ladder(db, title_id, [RuleKind.SIGNED_IN])
        publish(db, draft.facts.slug)
    made = Made(title_id, f"{WORK_PATHS[draft.facts.kind]}/{draft.facts.slug}", None)
    new_edition(site, made, number=1)
    context = chromium.new_context(base_url=site.url)
    asked: list[Request] = []
    page = context.new_page()
    page.on("requestfinished", lambda request: asked.append(request))
    page.on("requestfailed", lambda request: asked.append(request))
    page.goto(made.path, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    weights = {urlsplit(each.url).path: on_the_wire(each) for each in asked}
    assert {urlsplit(each.url).netloc for each in asked} == {urlsplit(site.url).netloc}
    assert len(asked) <= MOST_REQUESTS, weights
    assert sum(weights.values()) <= HEAVIEST, weights
    print(weights, sum(weights.values()))
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_it_is_read_out_in_the_order_of_its_sense(chromium: Browser, site: Site, width: int) -> None:
    made = shelve(site)
    give_chapters(site, made)
    page = chromium.new_page(base_url=site.url, viewport={"width": width, "height": 900})
    page.goto(made.path)
    said = page.locator("body").aria_snapshot()
    at = 0
    for part in ORDER:
        found = said.find(f"- {part}", at)
        assert found >= 0, f"{part} is not read out after what stands before it:\n{said}"
        at = found + 1
    assert "img" not in said, "covers and glyphs say nothing"
    page.close()


def test_tab_and_enter_lead_from_the_page_to_the_saved_file(chromium: Browser, site: Site) -> None:
    made = shelve(site)
    context = chromium.new_context(base_url=site.url, accept_downloads=True)
    page: Page = context.new_page()
    page.goto(made.path)
    hands = Keyboard(page)
    hands.skip_to_content()
    hands.follow("Sign in to read")
    hands.to_place(page.get_by_role("button", name="Example Sign-in"), "the provider")
    with page.expect_navigation():
        hands.keys.press("Enter")
    hands.to_place(page.get_by_role("button", name="Cleo Specimen"), "the person")
    with page.expect_download() as started:
        hands.keys.press("Enter")
    assert Path(started.value.path()).read_bytes() == made.file
    context.close()


def test_keys_save_a_way_and_never_while_somebody_types(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/imprint")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    field = page.get_by_role("searchbox")
    field.press_sequentially("g c/?")
    expect(field).to_have_value("g c/?")
    expect(dialog).to_have_count(0)
    field.blur()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    field.blur()
    page.keyboard.type("gh")
    page.wait_for_url("**/help")
    page.get_by_label("Turn these keys off in this browser").check()
    page.get_by_label("Turn these keys off in this browser").blur()
    page.goto("/imprint")
    page.keyboard.type("/gc?")
    expect(dialog).to_have_count(0)
    assert page.url.endswith("/imprint")
    context.close()


def test_the_leaf_opens_once_and_not_for_who_wants_no_motion(chromium: Browser, site: Site) -> None:
    made = shelve(site)
    context = chromium.new_context(base_url=site.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"/sign-in?next={made.path}")
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name="Cleo Specimen").click()
    page.wait_for_url(f"**{made.path}**")
    page.goto(made.path)
    expect(page.locator(".just-opened")).to_have_count(0)
    page.route("**/*.pdf", lambda route: route.fulfill(status=204))
    page.goto(f"{made.path}?get=pdf", wait_until="domcontentloaded")
    moves = "getComputedStyle(document.querySelector('.just-opened .flap')).animationName"
    assert page.evaluate(moves) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moves) == "unfold"
    context.close()
