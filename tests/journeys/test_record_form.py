"""An editor writes a record in a real browser: rows move by key and by drag, and an ended session loses nothing."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from api.shelf.drafts import draft_of
from api.shelf.records import record_of
from api.shelf.shelving import add_draft, find_title
from api.tables import Session, TypedDraft
from tests.cast import make_editor
from tests.journeys.conftest import PATIENT
from tests.records import RICH
from tests.site import Site

PAGE = "/desk/titles/rivers/record"


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    make_editor(site)
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
    context = chromium.new_context(base_url=site.url, viewport={"width": 1200, "height": 2600})
    context.set_default_timeout(PATIENT)
    page = context.new_page()
    enter(page)
    page.goto(PAGE)
    yield page
    context.close()


def enter(page: Page) -> None:
    page.goto("/sign-in?next=/desk")
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name="Ada Sample").click()
    page.wait_for_url("**/desk")


def names(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("[name^='contributors['][name$='.family']").all()]


def drag(page: Page, row: int, to: int) -> None:
    """Take a row by its grip and put it on the upper edge of another, as a hand does."""
    grips = page.locator("#contributors [data-grip]")
    grips.nth(to - 1).scroll_into_view_if_needed()
    source, goal = grips.nth(row - 1).bounding_box(), grips.nth(to - 1).bounding_box()
    assert source is not None
    assert goal is not None
    page.mouse.move(source["x"] + 3, source["y"] + 8)
    page.mouse.down()
    for step in (0.5, 0.9, 1):
        page.mouse.move(goal["x"] + 5, source["y"] + (goal["y"] + 4 - source["y"]) * step)
    page.mouse.up()


def saved(site: Site) -> list[str | None]:
    with site.portal.database.reading() as db:
        return [person.family for person in draft_of(record_of(find_title(db, "rivers"))).contributors]


def test_rows_move_by_key_and_by_drag_and_say_so(page: Page, site: Site) -> None:
    assert names(page) == ["Sample", "Muster", "", "Sukarno"]
    page.get_by_role("button", name="Down contributor 1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Contributor 1 is now number 2 of 4. Nothing is saved yet.")
    expect(page.get_by_role("button", name="Down contributor 2")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Up contributor 4")).to_be_focused()
    assert names(page) == ["Muster", "", "Sukarno", "Sample"]
    drag(page, 4, 1)
    expect(page.locator("[data-said]")).to_have_text("Contributor 4 is now number 1 of 4. Nothing is saved yet.")
    assert names(page) == ["Sample", "Muster", "", "Sukarno"]
    page.get_by_role("button", name="Remove contributor 3").click()
    page.get_by_role("button", name="Down contributor 1").click()
    page.get_by_role("button", name="Add a contributor").click()
    expect(page.locator("[id='contributors[4].given']")).to_be_focused()
    page.keyboard.type("Jo")
    expect(page.get_by_label("Given names").nth(3)).to_have_value("Jo")
    page.get_by_label("Family name").nth(3).fill("Pattern")
    assert saved(site) == ["Sample", "Muster", None, "Sukarno"]
    page.get_by_role("button", name="Save the record").first.click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert saved(site) == ["Muster", "Sample", "Sukarno", "Pattern"]
    assert page.evaluate("localStorage.length") == 0


def test_an_ended_session_and_a_closed_tab_lose_nothing(page: Page, site: Site) -> None:
    page.locator("[name=title]").fill("Typed")
    expect(page.locator("[data-status]")).to_contain_text("What you typed is kept")
    with site.portal.database.writing() as db:
        assert db.exec(select(TypedDraft)).one().fields["title"] == "Typed"
        db.exec(sa.delete(Session))
    page.locator("[name=title]").fill("Typed after the end")
    page.get_by_role("button", name="Save the record").first.click()
    expect(page.locator("[data-status]")).to_contain_text("You seem to be signed out.")
    expect(page.locator("[name=title]")).to_have_value("Typed after the end")
    other = page.context.new_page()
    page.close()
    enter(other)
    other.goto(PAGE)
    expect(other.locator("[name=title]")).to_have_value("Typed")
    other.get_by_role("button", name="Put it back").click()
    expect(other.locator("[name=title]")).to_have_value("Typed after the end")
    other.get_by_role("button", name="Save the record").first.click()
    expect(other.get_by_text("Saved.", exact=True)).to_be_visible()


def test_the_abstract_is_drawn_while_it_is_typed(page: Page) -> None:
    page.get_by_role("button", name="Preview of the abstract", exact=True).click()
    expect(page.locator("[data-preview] em").first).to_have_text("archives")
    page.locator("#abstract").fill("Now *this*.")
    expect(page.locator("[data-preview] em").first).to_have_text("this")
