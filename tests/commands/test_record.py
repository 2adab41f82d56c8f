"""`gatefold title export`, `import` and `revise`: out and back in, then one test per refusal."""

import json
from pathlib import Path

import pytest

from api.shelf.record_json import pieces
from tests.commands.conftest import Run
from tests.records import RICH, made_up


def export(run: Run, *words: str) -> str:
    return str(run("title", "export", *(words or ("--all",))).stdout)


def test_out_and_in_and_out_again(run: Run, press: Path) -> None:
    text = "".join(pieces([made_up(1), made_up(2), RICH]))
    (press / "shelf.json").write_text(text, encoding="utf-8")
    assert run("title", "import", "shelf.json").stdout == (
        "Imported 3 titles as drafts: made-up-1, made-up-2, rivers.\n"
    )
    assert export(run) == text
    assert export(run, "rivers", "--format", "json") == "".join(pieces([RICH]))


def test_a_title_file_says_what_an_export_says(run: Run, press: Path) -> None:
    run("title", "add", "title.toml")
    (press / "again.json").write_text(export(run, "a-title").replace("And More", "And Less"), encoding="utf-8")
    words = run("title", "revise", "a-title", "again.json").stdout
    assert words == "“a-title” is version 2 now. Changed: full_title, subtitle.\n"
    found = json.loads(run("title", "revise", "a-title", "title.toml", "--version", "2", "--json").stdout)
    assert (found["version"], found["subtitle"]) == (3, "And More")
    assert "Changed: nothing; it says so already" in run("title", "revise", "a-title", "title.toml").stdout


def test_a_new_slug_is_followed(run: Run, press: Path) -> None:
    run("title", "add", "title.toml")
    (press / "title.toml").write_text((press / "title.toml").read_text().replace("a-title", "b-title"))
    assert "“b-title” is version 2" in run("title", "revise", "a-title", "title.toml").stdout


def test_an_old_version_is_refused_and_says_what_changed(run: Run, press: Path) -> None:
    run("title", "add", "title.toml")
    (press / "b.toml").write_text((press / "title.toml").read_text() + 'place = "Sampleton"\n')
    run("title", "revise", "a-title", "b.toml", "--version", "1")
    assert run("title", "revise", "a-title", "title.toml", "--version", "1", code=1).stderr == (
        "“a-title” has been changed since you began: place.\n"
    )


def test_all_or_none_is_imported(run: Run, press: Path) -> None:
    run("title", "add", "title.toml")
    taken = export(run, "a-title")
    both = json.loads(taken)
    both["titles"].insert(0, {**both["titles"][0], "slug": "b-title"})
    both["titles"][1]["place"] = "Sampleton"
    (press / "both.json").write_text(json.dumps(both))
    refused = run("title", "import", "both.json", code=1).stderr
    assert refused == "both.json: titles[2]: “a-title” is on the shelf already, by its slug; would change place\n"
    assert export(run) == taken
    words = run("title", "import", "both.json", "--update").stdout
    assert words == "Imported 1 title as drafts: b-title. Changed a-title.\n"
    assert "2 were on the shelf just so" in run("title", "import", "both.json").stdout


def test_a_dry_run_says_all_and_does_nothing(run: Run, press: Path) -> None:
    (press / "books.bib").write_text("@book{a, title={One: Two}, author={Ada Sample}, doi={10.5555/a}}\n@book{b,}")
    said = run("title", "import", "books.bib", "--dry-run").stdout
    assert said == "a (line 1): new, one\nb (line 2): title is missing. Add it to the file.\n"
    rows = json.loads(run("title", "import", "books.bib", "--dry-run", "--format", "bibtex", "--json").stdout)
    assert [row["fate"] for row in rows] == ["new", "refused"]
    assert json.loads(export(run))["titles"] == []
    (press / "books.bib").write_text("@book{a, title={One: Two}, author={Ada Sample}, doi={10.5555/a}}")
    assert run("title", "import", "books.bib").stdout == "Imported 1 title as drafts: one.\n"


def test_a_table_comes_back_as_the_same_bytes(run: Run, press: Path) -> None:
    (press / "shelf.json").write_text("".join(pieces([made_up(3), RICH])), encoding="utf-8")
    run("title", "import", "shelf.json")
    table = export(run, "--all", "--format", "csv")
    (press / "shelf.csv").write_text(table, encoding="utf-8", newline="")
    assert "2 were on the shelf just so" in run("title", "import", "shelf.csv").stdout
    assert export(run, "rivers", "--format", "csv").splitlines()[1] in table


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no", "shelf.json: The format was not recognised"),
        ("[no", "shelf.json: This is not JSON"),
        (
            '{"format": "gatefold-record", "version": 1, "titles": [{"slug": "a"}]}',
            "shelf.json: titles[1]: kind is missing. Add it to the file.\nshelf.json: titles[1]: title is missing.",
        ),
        (
            '{"format": "gatefold-record", "version": 1, "titles": '
            '[{"slug": "a", "kind": "report", "title": "A"}, {"slug": "B", "kind": "report", "title": "B"}]}',
            "shelf.json: titles[2]: slug has to be lower-case letters, digits and single hyphens. Mend it",
        ),
    ],
)
def test_a_faulty_file_is_refused_as_a_whole(run: Run, press: Path, text: str, words: str) -> None:
    (press / "shelf.json").write_text(text)
    assert words in run("title", "import", "shelf.json", code=1).stderr
    assert json.loads(export(run))["titles"] == []


def test_files_that_can_not_be_read(run: Run, press: Path) -> None:
    (press / "bytes.json").write_bytes(b"\xff")
    assert "The format was not recognised" in run("title", "import", "bytes.json", code=1).stderr
    assert "can't be read" in run("title", "import", "nowhere.json", code=1).stderr


def test_one_record_is_needed_to_revise_one_title(run: Run, press: Path) -> None:
    run("title", "add", "title.toml")
    (press / "two.json").write_text("".join(pieces([made_up(1), made_up(2)])))
    assert "two.json has 2 records; one is needed here" in run("title", "revise", "a-title", "two.json", code=1).stderr


@pytest.mark.parametrize("words", [(), ("a-title", "--all")])
def test_export_wants_one_title_or_all(run: Run, words: tuple[str, ...]) -> None:
    assert "Name a title, or say --all" in run("title", "export", *words, code=2).stderr
