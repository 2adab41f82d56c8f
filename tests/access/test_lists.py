"""Named readers by CSV: every line gets its word, and an address counts once, for whoever first comes with it."""

import time

import pytest
from sqlmodel import col, select

from api.access.invitations import invited
from api.access.lists import MOST_LINES, Outcome, counted, put_on_list, read
from api.access.rules import ladder, set_ladder
from api.database import Database
from api.errors import Invalid
from api.signin.people import Profile, reader_of_user, recognise
from api.tables import Grant, RuleKind

CAMPUS, OTHER = "https://id.example.edu", "https://other.example.org"
ISSUERS = {"campus": CAMPUS, "other": OTHER}


def listed(
    database: Database, title_id: int, text: str | bytes, *, dry_run: bool = False
) -> list[tuple[int, str, str]]:
    people = read(text if isinstance(text, bytes) else text.encode(), ISSUERS)
    with database.writing() as db:
        lines = put_on_list(db, title_id, people, dry_run=dry_run)
    return [(line.number, line.who, str(line.outcome)) for line in lines]


def grants(database: Database) -> list[tuple[str, str]]:
    with database.reading() as db:
        return [(grant.issuer, grant.subject) for grant in db.exec(select(Grant).order_by(col(Grant.id))).all()]


def comes(database: Database, title_id: int, issuer: str, email: str | None, verified: bool) -> bool:
    """Whether somebody who signs in with this address is on the list then."""
    with database.writing() as db:
        set_ladder(db, title_id, [RuleKind.LISTED])
        user_id = recognise(db, "campus", Profile(issuer, "ben", "Ben", email, verified)).user_id
    with database.reading() as db:
        return ladder(db, title_id, reader_of_user(db, user_id))[0].fits_reader


def test_each_line_has_its_word(database: Database, title_id: int) -> None:
    text = "person,note\ncampus:ben,first\nada@example.org,by post\n\ncampus:ben,again\nelsewhere:x\nnobody\n"
    assert listed(database, title_id, text) == [
        (2, "campus:ben", "added"),
        (3, "ada@example.org", "added"),
        (5, "campus:ben", "already"),
        (6, "elsewhere:x", "bad"),
        (7, "nobody", "bad"),
    ]
    assert grants(database) == [(CAMPUS, "ben")]
    again = listed(database, title_id, text)
    assert [outcome for _, _, outcome in again] == ["already", "already", "already", "bad", "bad"]


def test_a_dry_run_says_the_same_and_stores_nothing(database: Database, title_id: int) -> None:
    text = "campus:ben\nada@example.org\n=1+1\n"
    assert listed(database, title_id, text, dry_run=True) == listed(database, title_id, text, dry_run=True)
    assert grants(database) == []
    with database.reading() as db:
        assert invited(db, title_id) == set()
    assert [outcome for _, _, outcome in listed(database, title_id, text)] == ["added", "added", "bad"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("=HYPERLINK(1)", "formula"),
        ("+41@example.org", "formula"),
        ("-1", "formula"),
        ("@ben", "formula"),
        ('"\t=1+1"', "formula"),
        ("ben", "neither"),
        ("ben@localhost", "neither"),
        ("ben@@example.org", "neither"),
        ("bén@example.org", "neither"),
        ("campus:", "plain characters"),
        (f"campus:{'x' * 256}", "plain characters"),
        ("campus:bén", "plain characters"),
        ("elsewhere:ben", "known: campus, other"),
    ],
)
def test_a_bad_line_says_why_and_the_others_count(database: Database, title_id: int, cell: str, reason: str) -> None:
    with database.writing() as db:
        lines = put_on_list(db, title_id, read(f"{cell}\ncampus:cleo\n".encode(), ISSUERS))
    assert [line.outcome for line in lines] == [Outcome.BAD, Outcome.ADDED]
    assert reason in (lines[0].reason or "")
    assert lines[0].who.isprintable()


@pytest.mark.parametrize("head", ["\ufeff", "\ufeffemail;name\r\n", "E-mail\tname\r\n", "\r\n"])
def test_what_spreadsheets_write_is_read(database: Database, title_id: int, head: str) -> None:
    separator = ";" if ";" in head else "\t" if "\t" in head else ","
    lines = listed(database, title_id, f"{head}ada@example.org{separator}Ada\r\n".encode())
    assert [(who, outcome) for _, who, outcome in lines] == [("ada@example.org", "added")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ada@example.org".encode("utf-16"), "not UTF-8"),
        (b'"campus:ben', "Line 1"),
        (b"x" * 5_000_001, "larger than"),
        (b"campus:ben\n" * (MOST_LINES + 1), "more than"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(content, ISSUERS)


@pytest.mark.timed
def test_ten_thousand_lines_are_quick(database: Database, title_id: int) -> None:
    text = "".join(f"campus:reader-{number}\nreader-{number}@example.org\n" for number in range(5000))
    begun = time.monotonic()
    with database.writing() as db:
        lines = put_on_list(db, title_id, read(text.encode(), ISSUERS))
    assert counted(lines) == {"added": 10_000, "already": 0, "bad": 0}
    assert time.monotonic() - begun < 30  # a statement for each line would take minutes on a busy machine


@pytest.mark.parametrize(("verified", "counts"), [(True, True), (False, False)])
def test_an_address_counts_only_when_it_comes_verified(
    database: Database, title_id: int, verified: bool, counts: bool
) -> None:
    listed(database, title_id, "Ben@Example.org")
    assert comes(database, title_id, CAMPUS, "ben@example.ORG", verified) is counts


def test_an_address_is_one_reader_the_first_who_comes(database: Database, title_id: int) -> None:
    """T01: a second account with the same address, verified or not, is somebody else."""
    listed(database, title_id, "ben@example.org")
    assert comes(database, title_id, CAMPUS, "ben@example.org", True)
    assert not comes(database, title_id, OTHER, "ben@example.org", True)
    assert [outcome for *_, outcome in listed(database, title_id, "ben@example.org")] == ["already"]
    assert not comes(database, title_id, OTHER, "ben@example.org", True)


def test_someone_who_is_here_already_need_not_sign_in_again(database: Database, title_id: int) -> None:
    assert not comes(database, title_id, CAMPUS, "ben@example.org", True)
    listed(database, title_id, "ben@example.org")
    assert grants(database) == [(CAMPUS, "ben")]


def test_an_address_that_two_readers_have_waits_for_the_next_sign_in(database: Database, title_id: int) -> None:
    comes(database, title_id, CAMPUS, "ben@example.org", True)
    comes(database, title_id, OTHER, "ben@example.org", True)
    listed(database, title_id, "ben@example.org")
    assert grants(database) == []
    assert comes(database, title_id, OTHER, "ben@example.org", True)
    assert not comes(database, title_id, CAMPUS, "ben@example.org", True)
