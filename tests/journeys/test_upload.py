"""An editor sends a large file from a real browser: cut off midway and gone on with, to a folder and to a bucket."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from sqlmodel import select

from api.settings import Settings
from api.settings_parts import StorageSettings, UploadSettings
from api.tables import Intake, Upload
from tests.cast import make_editor
from tests.faults.workers import wait_for
from tests.journeys.bucket_door import door_to
from tests.journeys.conftest import PATIENT
from tests.make import pdf, shelve
from tests.s3 import S3Server
from tests.site import Site, served

SIZE = 12_000_000
PART = 500_000
PAGE = "/desk/titles/rivers-of-paper/file"
SLOW, FAST = 1_500_000, -1  # bytes a second; the latter is no limit
AGAIN = PATIENT  # milliseconds in which the uploader tries again


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"uploads": UploadSettings(part_size=PART, largest=100_000_000)})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "volume.pdf"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def context(chromium: Browser, settings: Settings) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=settings.public_url)
    context.set_default_timeout(PATIENT)
    yield context
    context.close()


def desk_of(context: BrowserContext, site: Site) -> Page:
    """Ada at the desk, on the page of the title's file."""
    make_editor(site)
    shelve(site)
    page = context.new_page()
    page.goto("/sign-in?next=/")
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name="Ada Sample").click()
    page.get_by_role("link", name="Desk").click()
    page.get_by_role("link", name="Rivers of Paper", exact=True).click()
    page.get_by_role("link", name="File", exact=True).click()
    return page


def choose(page: Page, file: Path) -> None:
    page.get_by_label("PDF", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send the file").click()


def slowed_down(page: Page) -> CDPSession:
    """The line to this page, made slow, so that something can happen midway."""
    line = page.context.new_cdp_session(page)
    set_speed(line, SLOW)
    return line


def set_speed(line: CDPSession, speed: int) -> None:
    conditions = {"offline": False, "latency": 0, "downloadThroughput": FAST, "uploadThroughput": speed}
    line.send("Network.emulateNetworkConditions", conditions)


def wait_until_some_parts_are_there(page: Page) -> None:
    bar = page.locator("[data-box] progress")
    while bar.evaluate("bar => bar.value") < 15:
        page.wait_for_timeout(50)


def parts_there(site: Site) -> set[int]:
    """The numbers of the parts that the store has of the one upload."""
    with site.portal.database.reading() as db:
        (upload,) = db.exec(select(Upload)).all()
    assert upload.in_store
    return set(site.portal.store.parts(upload.staged_id, upload.in_store))


def part_of(address: str) -> int:
    return int(urlsplit(address).path.rsplit("/", 1)[1])


def come_back(page: Page) -> None:
    """What a browser says when its machine has a network again; else the next try may be half a minute away."""
    page.evaluate("() => dispatchEvent(new Event('online'))")


def assert_whole(site: Site, file: Path) -> None:
    with site.portal.database.reading() as db:
        (intake,) = db.exec(select(Intake)).all()
    with site.portal.store.open_staged(intake.staged_id) as staged:
        assert staged.read_at(0, SIZE + 1) == file.read_bytes()


def test_when_the_portal_is_away_for_a_while_it_goes_on_by_itself(
    context: BrowserContext, settings: Settings, file: Path
) -> None:
    with served(settings) as site:
        page = desk_of(context, site)
        line = slowed_down(page)
        choose(page, file)
        expect(page.get_by_role("status")).to_have_text("Sending.")
        wait_until_some_parts_are_there(page)
    expect(page.get_by_role("status")).to_contain_text("The connection is lost", timeout=AGAIN)
    set_speed(line, FAST)
    with served(settings) as site:
        come_back(page)
        expect(page.get_by_text("Checking", exact=True)).to_be_visible(timeout=AGAIN)
        assert_whole(site, file)


def test_after_a_pause_and_a_closed_tab_the_same_file_goes_on(context: BrowserContext, site: Site, file: Path) -> None:
    page = desk_of(context, site)
    slowed_down(page)
    choose(page, file)
    expect(page.get_by_text("of 12.0 MB")).to_be_visible()
    expect(page.get_by_text("left.")).to_be_visible()
    wait_until_some_parts_are_there(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Paused")
    page.close()
    there = parts_there(site)
    assert there
    page = context.new_page()
    sent: list[int] = []
    page.on("request", lambda request: sent.append(part_of(request.url)) if request.method == "PUT" else None)
    page.goto(PAGE)
    expect(page.get_by_text("Choose the same file again")).to_be_visible()
    choose(page, file)
    expect(page.get_by_text("Checking", exact=True)).to_be_visible(timeout=AGAIN)
    assert sent
    assert not there & set(sent)
    assert_whole(site, file)


def test_a_stopped_upload_is_forgotten_and_what_is_refused_says_why(
    context: BrowserContext, settings: Settings, file: Path, tmp_path: Path
) -> None:
    limits = settings.uploads.model_copy(update={"editor_quota": SIZE + 5})
    with served(settings.model_copy(update={"uploads": limits})) as site:
        page = desk_of(context, site)
        slowed_down(page)
        choose(page, file)
        wait_until_some_parts_are_there(page)
        page.get_by_role("button", name="Pause").click()
        (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7")
        choose(page, tmp_path / "other.pdf")
        expect(page.get_by_role("status")).to_contain_text("There is no room for this file today")
        page.reload()
        page.get_by_role("button", name="Forget it").click()
        expect(page.get_by_text("Choose the same file again")).to_have_count(0)
        choose(page, tmp_path / "other.pdf")
        expect(page.get_by_text("Checking", exact=True)).to_be_visible(timeout=AGAIN)


def test_the_parts_go_to_the_bucket_and_a_cut_line_is_mended(
    context: BrowserContext, settings: Settings, s3_server: S3Server, s3_keys: None, file: Path
) -> None:
    with door_to(s3_server.url, settings.public_url) as door:
        storage = StorageSettings(
            kind="s3", bucket=s3_server.bucket(), endpoint_url=s3_server.url, public_endpoint_url=door.url
        )
        uploads = UploadSettings(part_size=5 << 20)
        with served(settings.model_copy(update={"storage": storage, "uploads": uploads})) as site:
            page = desk_of(context, site)
            door.lets_through = 1
            choose(page, file)
            expect(page.get_by_role("status")).to_contain_text("The connection is lost", timeout=AGAIN)
            wait_for(lambda: door.parts == 1)
            door.lets_through = 100
            come_back(page)
            expect(page.get_by_text("Checking", exact=True)).to_be_visible(timeout=AGAIN)
            assert door.parts == 3
            assert_whole(site, file)


def test_without_scripts_the_result_is_on_the_next_page(chromium: Browser, site: Site, tmp_path: Path) -> None:
    (tmp_path / "small.pdf").write_bytes(pdf())
    context = chromium.new_context(java_script_enabled=False, base_url=site.url)
    page = desk_of(context, site)
    choose(page, tmp_path / "small.pdf")
    expect(page.get_by_text("small.pdf")).to_be_visible()
    expect(page.get_by_text("Checking", exact=True)).to_be_visible()
    context.close()
