"""The legal history of a title: draft, published once, withdrawn for good."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from api import clock
from api.database import Database
from api.errors import Conflict, NotFound, Refusal
from api.formats.record import ContentsLine, Person
from api.shelf.queries import revision
from api.shelf.records import record_of
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, find_title, publish, set_opens_at, withdraw
from api.tables import Contribution, Kind, State

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DRAFT = TitleDraft(
    facts=TitleFacts(slug="a-title", kind=Kind.REPORT, title="A Title", full_title="A Title – Whole", doi="10.1000/1"),
    contributors=(
        Person(given="Ada", family="Sample", role=Contribution.EDITOR),
        Person(name="Sample Group", is_organisation=True),
        Person(name="B"),
    ),
    contents=(
        ContentsLine("Part", is_part=True),
        ContentsLine(
            "Chapter", number="1", first_page="i", last_page="x", contributors=(Person(name="C"), Person(name="D"))
        ),
    ),
)


@pytest.fixture
def shelf(database: Database) -> Database:
    with database.writing() as db:
        add_draft(db, DRAFT)
    return database


def test_a_draft_keeps_everything_said_of_it(shelf: Database) -> None:
    with shelf.reading() as db:
        record = record_of(find_title(db, "a-title"))
    assert (record.state, record.kind, record.full_title) == (State.DRAFT, Kind.REPORT, "A Title – Whole")
    assert (record.contributors, record.contents) == (DRAFT.contributors, DRAFT.contents)
    assert record.posted_at is None
    assert record.edition is None
    assert not record.doi_is_ours


def test_a_slug_is_given_once(shelf: Database) -> None:
    with pytest.raises(Conflict, match="a-title"), shelf.writing() as db:
        add_draft(db, DRAFT)


def test_publishing_says_when_it_was_posted(shelf: Database) -> None:
    with clock.frozen(NOON), shelf.writing() as db:
        publish(db, "a-title")
    with shelf.reading() as db:
        title = find_title(db, "a-title")
    assert (title.state, title.posted_at) == (State.PUBLISHED, NOON)


def test_withdrawing_says_when_and_keeps_when_it_was_posted(shelf: Database) -> None:
    for at, step in ((NOON, publish), (NOON + timedelta(days=1), withdraw)):
        with clock.frozen(at), shelf.writing() as db:
            step(db, "a-title")
    with shelf.reading() as db:
        title = find_title(db, "a-title")
    assert (title.state, title.posted_at, title.withdrawn_at) == (
        State.WITHDRAWN,
        NOON,
        NOON + timedelta(days=1),
    )


@pytest.mark.parametrize(
    ("before", "step", "sentence"),
    [
        ([], withdraw, "is draft; only a published title can be withdrawn"),
        ([publish], publish, "is published; only a draft can be published"),
        ([publish, withdraw], publish, "is withdrawn; only a draft can be published"),
        ([publish, withdraw], withdraw, "is withdrawn; only a published title can be withdrawn"),
    ],
)
def test_no_other_step_is_legal(
    shelf: Database, before: list[Callable[[Db, str], None]], step: Callable[[Db, str], None], sentence: str
) -> None:
    for earlier in before:
        with shelf.writing() as db:
            earlier(db, "a-title")
    with pytest.raises(Conflict, match=sentence), shelf.writing() as db:
        step(db, "a-title")


def test_an_opening_is_set_and_taken_away(shelf: Database) -> None:
    for opens_at in (NOON, None):
        with shelf.writing() as db:
            set_opens_at(db, "a-title", opens_at)
        with shelf.reading() as db:
            assert find_title(db, "a-title").opens_at == opens_at


@pytest.mark.parametrize("step", [publish, withdraw, lambda db, slug: set_opens_at(db, slug, None)])
def test_an_unknown_title_is_not_found(shelf: Database, step: Callable[[Db, str], None]) -> None:
    with pytest.raises(NotFound, match="no title “nowhere”"), shelf.writing() as db:
        step(db, "nowhere")


def test_every_step_ages_the_rendered_pages(shelf: Database) -> None:
    seen = []
    for step in (publish, withdraw):
        with shelf.writing() as db:
            step(db, "a-title")
        with shelf.reading() as db:
            seen.append(revision(db))
    assert seen[0] < seen[1]


def test_of_many_who_publish_at_once_one_does(shelf: Database) -> None:
    def attempt(_: int) -> bool:
        try:
            with shelf.writing() as db:
                publish(db, "a-title")
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(20))) == 1
