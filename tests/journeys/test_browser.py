"""The reader's journey in a real browser: from the landing page to a saved PDF, with scripts and without."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Download, Page, expect

from api.tables import RuleKind, Terms
from tests.journeys.conftest import PATIENT
from tests.make import Made, grant, shelve
from tests.site import Site


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def context(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(java_script_enabled=request.param, base_url=site.url, accept_downloads=True)
    context.set_default_timeout(PATIENT)
    yield context
    context.close()


def choose(page: Page, name: str) -> None:
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name=name).click()


def saved(download: Download) -> bytes:
    assert download.failure() is None
    return Path(download.path()).read_bytes()


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


def test_from_the_landing_page_to_the_saved_file(context: BrowserContext, made: Made) -> None:
    page = context.new_page()
    page.goto(made.path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rivers of Paper")
    expect(page.get_by_text("And what they leave behind.")).to_be_visible()
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    expect(page.get_by_text("You will come back to")).to_be_visible()
    with page.expect_download() as started:
        choose(page, "Cleo Specimen")
    assert saved(started.value) == made.file
    assert started.value.suggested_filename == "Rivers of Paper.pdf"
    expect(page.get_by_text("Open to you")).to_be_visible()  # and the reader still stands on the page


def test_terms_of_use_stand_between_and_the_download_goes_on(context: BrowserContext, site: Site, made: Made) -> None:
    with site.portal.database.writing() as db:
        db.add(Terms(words="Read well."))
    page = context.new_page()
    page.goto(made.path)
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    choose(page, "Cleo Specimen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Terms of use")
    with page.expect_download() as started:
        page.get_by_role("button", name="Accept and go on").click()
    assert saved(started.value) == made.file
    expect(page.get_by_text("Open to you")).to_be_visible()


def test_the_link_after_the_abstract_leads_the_same_way(context: BrowserContext, made: Made) -> None:
    page = context.new_page()
    page.goto(made.path)
    page.get_by_role("region", name="Abstract").get_by_role("link", name="Sign in to read").click()
    with page.expect_download() as started:
        choose(page, "Cleo Specimen")
    assert saved(started.value) == made.file


def test_a_bookmarked_pdf_address_leads_through_sign_in_to_the_file(context: BrowserContext, made: Made) -> None:
    page = context.new_page()
    page.goto(made.pdf)
    expect(page.get_by_role("heading", name="Sign in to read the full report")).to_be_in_viewport()
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    with page.expect_download() as started:
        choose(page, "Cleo Specimen")
    assert saved(started.value) == made.file


def test_the_button_makes_a_link_that_says_how_long_it_lasts(context: BrowserContext, made: Made) -> None:
    page = context.new_page()
    page.goto(f"/sign-in?next={made.path}")
    choose(page, "Cleo Specimen")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the PDF").click()
    assert saved(started.value) == made.file
    expect(page.get_by_role("heading", level=1)).to_have_text("Your link is ready")
    with page.expect_download() as again:
        page.get_by_role("button", name="Make a new link").click()
    assert saved(again.value) == made.file


def test_named_readers_get_in_and_others_are_told_why(context: BrowserContext, site: Site) -> None:
    listed = shelve(site, "listed", rules=[RuleKind.LISTED])
    grant(site, listed, "ben")
    page = context.new_page()
    page.goto(listed.pdf)
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    choose(page, "Cleo Specimen")
    expect(page.get_by_text("You are not on the list")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(listed.pdf)
    page.get_by_role("complementary").get_by_role("link", name="Sign in to read").click()
    with page.expect_download() as started:
        choose(page, "Ben Example")
    assert saved(started.value) == listed.file


def test_cancelling_at_the_provider_leaves_a_way_to_try_again(context: BrowserContext, made: Made) -> None:
    page = context.new_page()
    page.goto(f"/sign-in?next={made.path}")
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_text("Nothing was shared")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    choose(page, "Cleo Specimen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rivers of Paper")


def test_two_tabs_finish_in_either_order(context: BrowserContext, site: Site, made: Made) -> None:
    other = shelve(site, "another")
    first, second = context.new_page(), context.new_page()
    first.goto(f"/sign-in?next={made.path}")
    second.goto(f"/sign-in?next={other.path}")
    first.get_by_role("button", name="Example Sign-in").click()
    second.get_by_role("button", name="Example Sign-in").click()
    second.get_by_role("button", name="Cleo Specimen").click()
    second.wait_for_url(f"**{other.path}")
    first.get_by_role("button", name="Cleo Specimen").click()
    first.wait_for_url(f"**{made.path}")
