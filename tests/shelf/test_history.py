"""A title's public life: scheduled, published, withdrawn; one legal history however many act at once."""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.database import Database
from api.errors import Conflict, Invalid, NotFound
from api.jobs import Runner
from api.ops.housekeeping import Periodic, publish_due
from api.shelf import history, shelving
from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.revising import revise
from api.shelf.shelving import add_draft, find_title, id_of, publish, schedule, unschedule, withdraw
from api.tables import Kind, ScheduledPublication, State, TitleEvent

RACES = int(os.environ.get("TESTS_RACES", "100"))  # `make soak` has a thousand
AT_ONCE = 8
LEGAL = re.compile(r"((un)?scheduled )*(published (withdrawn )?)?")


def shelve(database: Database, *slugs: str) -> None:
    with database.writing() as db:
        for slug in slugs:
            add_draft(db, draft(slug))


def draft(slug: str, title: str = "A Title") -> TitleDraft:
    return TitleDraft(TitleFacts(slug=slug, kind=Kind.REPORT, title=title, full_title=title))


def happened(db: Db, slug: str) -> list[str]:
    return [event.what for event in history.of_title(db, id_of(find_title(db, slug)))]


def test_each_step_is_written_down(database: Database) -> None:
    shelve(database, "a")
    in_an_hour = clock.now() + timedelta(hours=1)
    for step in (
        partial(schedule, due_at=in_an_hour),
        unschedule,
        partial(schedule, due_at=in_an_hour),
        publish,
        partial(withdraw, reason="An error in chapter 2."),
    ):
        with database.writing() as db:
            step(db, slug="a")
    with database.reading() as db:
        assert happened(db, "a") == ["scheduled", "unscheduled", "scheduled", "published", "withdrawn"]
        events = history.of_title(db, id_of(find_title(db, "a")))
        assert [event.number for event in events] == [1, 2, 3, 4, 5]
        assert events[-1].words == "An error in chapter 2."
        assert db.exec(select(ScheduledPublication)).all() == []


def test_a_title_is_published_when_its_instant_comes_and_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelve(database, "a", "b")
    now = clock.now()
    with database.writing() as db:
        schedule(db, "a", now + timedelta(minutes=5))
        schedule(db, "b", now + timedelta(minutes=50))
    with database.writing() as db:
        assert shelving.publish_due(db, now + timedelta(minutes=4)) == 0
    with database.writing() as db:
        assert shelving.publish_due(db, now + timedelta(minutes=5)) == 1
    with database.writing() as db:
        assert shelving.publish_due(db, now + timedelta(minutes=6)) == 0
    with database.reading() as db:
        assert happened(db, "a") == ["scheduled", "published"]
        assert find_title(db, "b").state == State.DRAFT


def test_several_workers_publish_what_is_due_once(database: Database) -> None:
    slugs = [f"title-{number}" for number in range(20)]
    shelve(database, *slugs)
    due_at = clock.now() + timedelta(hours=1)
    with database.writing() as db:
        for slug in slugs:
            schedule(db, slug, due_at)

    def work(_: int) -> int:
        with database.writing() as db:
            return shelving.publish_due(db, due_at)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(work, range(AT_ONCE))) == len(slugs)
    with database.reading() as db:
        assert all(happened(db, slug) == ["scheduled", "published"] for slug in slugs)


def test_the_portal_does_it_by_itself(database: Database) -> None:
    shelve(database, "a")
    due_at = clock.now() + timedelta(hours=1)
    with database.writing() as db:
        schedule(db, "a", due_at)
    job = Periodic("publishing what is due", timedelta(milliseconds=100), timedelta(minutes=1), publish_due)
    runner = Runner(database, [job])
    runner.start()
    try:
        with clock.frozen(due_at):
            give_up = clock.ticks() + 60
            state = ""
            while state != State.PUBLISHED:
                assert clock.ticks() < give_up
                time.sleep(0.02)
                with database.reading() as db:
                    state = find_title(db, "a").state
    finally:
        runner.stop()


def test_what_can_not_be_done_changes_nothing(database: Database) -> None:
    shelve(database, "a")
    to_come, past = clock.now() + timedelta(hours=1), clock.now() - timedelta(seconds=1)
    with pytest.raises(Invalid), database.writing() as db:
        schedule(db, "a", past)
    with pytest.raises(Conflict), database.writing() as db:
        unschedule(db, "a")
    with pytest.raises(NotFound), database.writing() as db:
        schedule(db, "none", to_come)
    with database.writing() as db:
        publish(db, "a")
    with pytest.raises(Conflict), database.writing() as db:
        schedule(db, "a", to_come)
    with database.reading() as db:
        assert happened(db, "a") == ["published"]


def test_races_leave_one_legal_history_each(database: Database) -> None:
    """Publish, withdraw, schedule and edit at once; each race ends in a history that could have been done in turn.

    They set out in every order, so that histories differ even where a machine is too busy for two at a time.
    """
    slugs = [f"race-{number}" for number in range(RACES)]
    shelve(database, *slugs)
    due_at = clock.now() + timedelta(days=1)

    def edit(db: Db, slug: str) -> None:
        title = find_title(db, slug)
        revise(db, slug, replace(draft(slug), facts=replace(draft(slug).facts, subtitle="Edited")), title.version)

    orders = list(permutations((publish, edit, withdraw, partial(schedule, due_at=due_at))))

    def act(number: int) -> None:
        race, turn = divmod(number, 4)
        with suppress(Conflict), database.writing() as db:
            orders[race % len(orders)][turn](db, slug=slugs[race])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(act, range(4 * RACES), chunksize=1):
            pass
    with database.reading() as db:
        told: dict[int, list[TitleEvent]] = {}
        for event in db.exec(select(TitleEvent).order_by(TitleEvent.title_id, TitleEvent.number)):  # type: ignore[arg-type]
            told.setdefault(event.title_id, []).append(event)
        plans = set(db.exec(select(ScheduledPublication.title_id)).all())
        seen = set()
        for slug in slugs:
            title = find_title(db, slug)
            events = told.get(id_of(title), [])
            words = " ".join(event.what for event in events)
            seen.add(words)
            assert LEGAL.fullmatch(f"{words} " if words else ""), words
            assert [event.number for event in events] == list(range(1, len(events) + 1))
            assert title.state == {"published": "published", "withdrawn": "withdrawn"}.get(words.split()[-1], "draft")
            assert (title.id in plans) == (title.state == State.DRAFT)
            assert title.version == 2
            assert title.subtitle == "Edited"
    assert len(seen) > 1, "all went the same way"
