"""From an empty desk to a reader's download with a keyboard alone: a real book is shelved in under three minutes."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from api.demo.sheet import cast_fonts
from api.demo.shelve import FILES, read
from api.demo.voices import STAND_IN
from api.demo.volume import make
from api.formats.record import ContentsLine
from api.intake.checker import Checker
from api.shelf.shelving import TitleDraft
from tests.cast import make_editor
from tests.journeys.conftest import PATIENT
from tests.journeys.keyboard import Keyboard
from tests.site import Site

SLUG = "russia-china-relations"
PATH = f"/books/edited/{SLUG}"
THREE_MINUTES = 180  # seconds


@pytest.fixture(scope="module")
def book() -> TitleDraft:
    return read(FILES / f"{SLUG}.toml")


@pytest.fixture(scope="module")
def file(book: TitleDraft, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample volume of the book, with its bookmarks and printed page numbers."""
    folder = tmp_path_factory.mktemp("volume")
    cast_fonts(folder)
    make(book, STAND_IN, folder, folder / "volume.pdf")
    return folder / "volume.pdf"


@pytest.fixture(autouse=True)
def checker(site: Site) -> Iterator[None]:
    """Looks through what is sent, as it does inside `serve`."""
    checker = Checker(site.portal.database, site.portal.store)
    checker.start()
    yield
    checker.stop()


@pytest.fixture
def somebody(chromium: Browser, site: Site) -> Iterator[Callable[[], Keyboard]]:
    """Each in a browser of their own that knows nothing of the others."""
    contexts: list[BrowserContext] = []

    def comes() -> Keyboard:
        contexts.append(chromium.new_context(base_url=site.url, accept_downloads=True))
        contexts[-1].set_default_timeout(PATIENT)
        return Keyboard(contexts[-1].new_page())

    yield comes
    for context in contexts:
        context.close()


def test_a_book_is_shelved_and_read_without_a_mouse(
    somebody: Callable[[], Keyboard], site: Site, book: TitleDraft, file: Path
) -> None:
    make_editor(site)
    began = time.monotonic()
    editor = somebody()
    come_to_the_empty_desk(editor)
    write_the_record(editor, book)
    send_the_file(editor, file)
    take_the_contents(editor, book.contents)
    let_whoever_signs_in_read(editor)
    say_what_was_missing(editor, book)
    publish(editor)
    sign_out(editor)
    taken = read_it_as_cleo(somebody(), book)
    assert time.monotonic() - began < THREE_MINUTES
    assert hashlib.sha256(taken.read_bytes()).digest() == hashlib.sha256(file.read_bytes()).digest()


def come_to_the_empty_desk(editor: Keyboard) -> None:
    editor.page.goto("/")
    editor.follow("Sign in")
    editor.skip_to_content()
    sign_in_as(editor, "Ada Sample")
    editor.follow("Desk")
    expect(editor.page.get_by_text("Nothing is on the shelf yet.")).to_be_visible()


def sign_in_as(person: Keyboard, name: str) -> None:
    person.to_place(person.page.get_by_role("button", name="Example Sign-in"), "the provider")
    person.keys.press("Enter")
    choice = person.page.get_by_role("button", name=name)
    expect(choice).to_be_visible()
    person.to_place(choice, name)
    person.keys.press("Enter")


def write_the_record(editor: Keyboard, book: TitleDraft) -> None:
    facts = book.facts
    editor.follow("New title")
    editor.skip_to_content()
    editor.choose("Kind of work", "Edited volume")
    editor.write("Title", facts.title)
    editor.write("Subtitle", facts.subtitle or "")
    editor.write("Language", facts.language, "combobox")
    editor.paste("Abstract", facts.abstract)
    for person in book.editors:
        editor.press("Add a contributor")
        expect(editor.page.get_by_role("textbox", name="Given names").last).to_be_focused()
        editor.keys.type(person.given or "")
        editor.write("Family name", person.family)
        editor.choose("Role", "Editor")
    editor.write("Date of publication", facts.published or "")
    editor.write("Publisher", facts.publisher or "")
    editor.write("Place", facts.place or "")
    editor.write("DOI", facts.doi or "")
    editor.write("ISBN of the PDF", facts.isbn or "")
    editor.press("Save as a draft")
    expect(editor.page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(editor.page).to_have_url(re.compile(f"/desk/titles/{SLUG}/record"))


def send_the_file(editor: Keyboard, file: Path) -> None:
    editor.follow("File")
    editor.pick_file("PDF", file)
    editor.press("Send the file")
    expect(editor.page.get_by_text("Checked and stored")).to_be_visible()


def take_the_contents(editor: Keyboard, contents: tuple[ContentsLine, ...]) -> None:
    editor.follow("Contents")
    editor.paste("The contents page", contents_page(contents))
    editor.press("Put in the place of the lines below")
    expect(editor.page.get_by_role("heading", name="Parts and chapters")).to_be_focused()
    names = editor.page.locator("[name$='].name']").filter(visible=True)
    expect(names).to_have_count(len(contents))
    assert [field.input_value() for field in names.all()] == [line.name for line in contents]
    editor.press("Save the contents")
    expect(editor.page.get_by_text("Saved.", exact=True)).to_be_visible()


def contents_page(contents: tuple[ContentsLine, ...]) -> str:
    """As it is printed: a line with its page at the end, and who wrote it below."""
    lines, parts = [], iter(range(1, len(contents) + 1))
    for line in contents:
        name = f"Part {next(parts)}: {line.name}" if line.is_part else line.name
        lines.append(f"{name} ......... {line.first_page}" if line.first_page else name)
        if line.authors:
            lines.append(", ".join(person.display for person in line.authors))
    return "\n".join(lines)


def let_whoever_signs_in_read(editor: Keyboard) -> None:
    editor.follow("Access")
    editor.choose("Another rule", "Whoever signs in")
    editor.press("Add the rule")
    expect(editor.page.get_by_text("Not saved yet.")).to_be_visible()
    editor.press("Save")
    expect(editor.page.get_by_text("Saved. What follows is how it stands.")).to_be_visible()


def say_what_was_missing(editor: Keyboard, book: TitleDraft) -> None:
    """The overview names what is missing, and its link leads into the very field."""
    editor.follow("Overview")
    editor.follow("No licence is said.")
    expect(editor.page.get_by_role("textbox", name="Licence", exact=True)).to_be_focused()
    editor.keys.type(book.facts.licence or "")
    editor.press("Save the record")
    editor.follow("Overview")
    missing = editor.page.get_by_role("region", name="What is missing")
    expect(missing).to_contain_text("Nothing missing for Publication")
    expect(missing).not_to_contain_text("No licence is said.")


def publish(editor: Keyboard) -> None:
    editor.follow("Publish")
    editor.press("Publish now")
    expect(editor.page.get_by_text("Published", exact=True)).to_be_visible()


def sign_out(editor: Keyboard) -> None:
    editor.follow("Ada Sample")
    editor.press("Sign out")
    expect(editor.page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


def read_it_as_cleo(reader: Keyboard, book: TitleDraft) -> Path:
    reader.page.goto(PATH)
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text(book.facts.title)
    expect(reader.page.get_by_text(book.contents[-1].name)).to_be_visible()
    reader.follow("Sign in to read")
    reader.skip_to_content()
    with reader.page.expect_download() as started:
        sign_in_as(reader, "Cleo Specimen")
    assert started.value.failure() is None
    expect(reader.page.get_by_text("Open to you")).to_be_visible()
    return Path(started.value.path())
