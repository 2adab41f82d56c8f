"""Records as JSON: out of one database, into an empty one, and out again as the same bytes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from api.database import Database
from api.errors import Invalid
from api.shelf.drafts import draft_of
from api.shelf.record_json import loaded, pieces, plain, read
from api.shelf.record_rules import FaultyRecord
from api.shelf.records import record_of
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft
from api.tables import Kind, Title
from tests.records import RICH, made_up

LEAST = {"slug": "a", "kind": "report", "title": "A"}


def exported(database: Database) -> str:
    with database.reading() as db:
        rows = db.exec(select(Title).order_by(col(Title.slug))).all()
        return "".join(pieces(draft_of(record_of(row)) for row in rows))


def test_what_is_exported_comes_back_as_the_same_bytes(database: Database, second: Database) -> None:
    with database.writing() as db:
        for draft in (RICH, *map(made_up, range(40))):
            add_draft(db, draft)
    text = exported(database)
    with second.writing() as db:
        for draft in loaded(text):
            add_draft(db, draft)
    assert exported(second) == text
    assert len(json.loads(text)["titles"]) == 41


@pytest.fixture
def second(database: Database, tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Database]:
    """An empty database, of SQLite whatever the first one is."""
    path = tmp_path_factory.mktemp("second") / "second.db"
    path.write_bytes(migrated.read_bytes())
    second = Database(f"sqlite:///{path}")
    yield second
    second.close()


def test_a_rich_record_survives_text() -> None:
    (back,) = loaded("".join(pieces([RICH])))
    assert back == RICH
    for seed in range(100):
        assert loaded("".join(pieces([made_up(seed)]))) == [made_up(seed)], seed


def test_what_is_not_there_is_left_out() -> None:
    draft = TitleDraft(TitleFacts("a", Kind.REPORT, "A", "A"))
    assert plain(draft) == {"slug": "a", "kind": "report", "title": "A", "full_title": "A", "language": "en"}
    assert read(LEAST).facts.full_title == ""  # which the rules make of title and subtitle


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ([], "", "has to be an object"),
        ({**LEAST, "colour": "red"}, "colour", "is not known here"),
        ({**LEAST, "id": 3}, "id", "is not known here"),
        ({"slug": "a", "kind": "report"}, "title", "is missing"),
        ({**LEAST, "kind": "novel"}, "kind", "has to be one of: edited-volume, monograph, report, paper"),
        ({**LEAST, "kind": ["report"]}, "kind", "has to be one of"),
        ({**LEAST, "title": 7}, "title", "has to be text"),
        ({**LEAST, "pages": "7"}, "pages", "has to be a whole number"),
        ({**LEAST, "pages": True}, "pages", "has to be a whole number"),
        ({**LEAST, "pages": 7.0}, "pages", "has to be a whole number"),
        ({**LEAST, "doi_is_ours": 1}, "doi_is_ours", "has to be true or false"),
        ({**LEAST, "contributors": {}}, "contributors", "has to be a list"),
        ({**LEAST, "contributors": ["Ada"]}, "contributors[1]", "has to be an object"),
        ({**LEAST, "contributors": [{"role": "ghost"}]}, "contributors[1].role", "has to be one of: author"),
        (
            {**LEAST, "contents": [{"name": "A"}, {"name": "B", "contributors": [{"affiliations": [{}]}]}]},
            "contents[2].contributors[1].affiliations[1].name",
            "is missing",
        ),
        ({**LEAST, "contents": [{"name": "A", "id": 7}]}, "contents[1].id", "is not known here"),
    ],
)
def test_a_form_that_is_not_this_one_is_named(row: object, path: str, words: str) -> None:
    with pytest.raises(FaultyRecord) as caught:
        read(row)
    (fault,) = caught.value.faults
    assert fault.path == path
    assert fault.words.startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This is not JSON"),
        ("[" * 100_000, "This is not JSON"),
        ("[]", "This is no file of records"),
        ('{"format": "other"}', "This is no file of records"),
        ('{"format": "gatefold-record"}', "of version None; version 1 is known here"),
        ('{"format": "gatefold-record", "version": 2, "titles": []}', "of version 2; version 1 is known here"),
        ('{"format": "gatefold-record", "version": true, "titles": []}', "of version True"),
        ('{"format": "gatefold-record", "version": 1}', "a list of titles, and nothing else"),
        ('{"format": "gatefold-record", "version": 1, "titles": [], "more": 1}', "a list of titles, and nothing else"),
    ],
)
def test_a_text_that_is_no_file_of_records(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        loaded(text)
