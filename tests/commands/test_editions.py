"""`gatefold title editions` and `gatefold title chapters`: first each, then one test per refusal."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import TITLE_FILE, Run
from tests.intake.volume import volume

CONTENTS = """
[[chapters]]
title = "The chapter"
first_page = "4"
last_page = "6"

[[chapters]]
title = "Without an end"
first_page = "7"
"""


@pytest.fixture
def added(press: Path, run: Run) -> Path:
    """A title with two chapters and a PDF; the path is that of the PDF."""
    (press / "title.toml").write_text(TITLE_FILE + CONTENTS)
    (press / "volume.pdf").write_bytes(volume())
    run("title", "add", "title.toml", "--pdf", "volume.pdf")
    return press / "volume.pdf"


def test_editions_are_listed_with_their_notes(run: Run, added: Path) -> None:
    assert run("title", "editions", "a-title").stdout.startswith("version 1  20")
    added.write_bytes(volume(labels=False))
    run("title", "file", "a-title", "volume.pdf", "--note", "Corrected map on page 57")
    newest, oldest = run("title", "editions", "a-title").stdout.splitlines()
    assert newest.endswith("12 pages  /reports/a-title/editions/2.pdf  Corrected map on page 57")
    assert oldest.endswith("/reports/a-title/editions/1.pdf")
    found = json.loads(run("title", "editions", "a-title", "--json").stdout)
    assert [(each["number"], each["note"]) for each in found] == [(2, "Corrected map on page 57"), (1, None)]
    assert "volume.pdf" not in run("title", "editions", "a-title", "--note", "2", "").stdout
    assert run("title", "editions", "a-title", "--note", "1", "As printed").stdout.endswith("As printed\n")


def test_chapters_are_made_and_a_new_edition_makes_them_again(run: Run, added: Path) -> None:
    assert run("title", "chapters", "a-title").stdout.splitlines() == [
        "1  The chapter  4–6  no PDF of its own",
        "2  Without an end  7  no PDF of its own",
    ]
    made = run("title", "chapters", "a-title", "--make", "--only", "1")
    assert "chapter 1, “The chapter”: pages 7 to 9" in made.stderr
    assert "1  The chapter  4–6  made for version 1, 3 pages" in made.stdout
    added.write_bytes(volume(labels=False))
    run("title", "file", "a-title", "volume.pdf")
    assert "made for version 2" in run("title", "chapters", "a-title").stdout
    again = run("title", "chapters", "a-title", "--make", "--only", "1").stderr
    assert "pages 4 to 6; the PDF has no page labels, so its pages were counted" in again


def test_a_chapter_brings_its_own(run: Run, added: Path) -> None:
    listed = run("title", "chapters", "a-title", "--file", "volume.pdf", "--only", "2").stdout
    assert "2  Without an end  7  uploaded for version 1, 12 pages" in listed
    found = json.loads(run("title", "chapters", "a-title", "--json").stdout)
    assert [(each["address"], each["path"]) for each in found][1] == (2, "/reports/a-title/chapters/2")


def test_what_can_not_be_made_is_said_and_the_rest_is_made(run: Run, added: Path) -> None:
    from click.testing import CliRunner

    from api.commands import gatefold

    result = CliRunner().invoke(gatefold, ["title", "chapters", "a-title", "--make"])
    assert result.exit_code == 1
    assert "chapter 2, “Without an end”: The contents don't say on which page it ends." in result.stderr
    assert "made for version 1" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("editions", "nowhere"), 1, "There is no title “nowhere”."),
        (("editions", "a-title", "--note", "7", "x"), 1, "has no version 7"),
        (("file", "a-title", "volume.pdf", "--note", "a\nb"), 1, "The note has a line break"),
        (("file", "a-title", "volume.pdf", "--note", "x" * 201), 1, "The note is longer"),
        (("chapters", "a-title", "--make", "--file", "volume.pdf"), 2, "exclude each other"),
        (("chapters", "a-title", "--only", "1"), 2, "goes with --make or --file"),
        (("chapters", "a-title", "--file", "volume.pdf"), 2, "which one chapter"),
        (("chapters", "a-title", "--make", "--only", "9"), 1, "There is no chapter 9"),
        (("chapters", "a-title", "--file", "volume.pdf", "--only", "9"), 1, "There is no chapter 9"),
    ],
)
def test_refusals(run: Run, added: Path, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in " ".join(run("title", *words, code=code).stderr.split())
