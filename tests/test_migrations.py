"""The same migrations on both engines: up, down and up again, and in the end exactly the tables of the code."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlmodel import select

from api import migrations
from api.access.rules import give_grant, set_ladder
from api.database import Database
from api.formats.record import ContentsLine, Person
from api.migrations import ROOT, downgrade, is_current, upgrade
from api.migrations import _config as config
from api.shelf.shelving import TitleDraft, TitleFacts, add_draft, id_of, publish
from api.signin.people import Profile, recognise
from api.tables import (
    FTS,
    Attempt,
    Chapter,
    Contribution,
    Edition,
    File,
    Kind,
    RuleKind,
    Session,
    Ticket,
    Title,
    metadata,
)
from tests.postgres import Postgres

FIRST = "77183c241c2f"
FEW = 6


@pytest.fixture
def empty(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    if engine == "postgresql":
        server: Postgres = request.getfixturevalue("postgresql")
        with server.database("template1") as url:
            database = Database(url)
            yield database
            database.close()
    else:
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.close()


def tables(database: Database) -> set[str]:
    """Without the indexes that SQLite keeps as tables."""
    with database.engine.connect() as connection:
        return {name for name in sa.inspect(connection).get_table_names() if FTS not in name}


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        only_ours = {"include_name": lambda name, _kind, _: FTS not in (name or "")}
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": metadata, **only_ours}
        )
        return list(compare_metadata(context, metadata))


Rows = dict[str, list[dict[str, object]]]


def rows(database: Database) -> Rows:
    """Every row of every table as the database itself says it."""
    with database.engine.connect() as connection:
        there = sa.MetaData()
        there.reflect(connection, only=lambda name, _: FTS not in name)
        return {
            name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]
            for name, table in there.tables.items()
            if name != "alembic_version"
        }


def as_far_as(found: Rows, known: Rows) -> Rows:
    """Of what was found, the tables and columns that `known` has."""
    return {name: [{column: row[column] for column in known[name][0]} for row in found[name]] for name in known}


def furnish(database: Database) -> None:
    """At least one row in each of the first tables."""
    draft = TitleDraft(
        TitleFacts(slug="a-title", kind=Kind.REPORT, title="Ä Title", full_title="Ä Title – Whole"),
        contributors=(Person(given="Ada", family="Sample", role=Contribution.EDITOR),),
        contents=(ContentsLine("Chapter", number="1", contributors=(Person(name="C"),)),),
    )
    with database.writing() as db:
        title_id = id_of(add_draft(db, draft))
        set_ladder(db, title_id, [RuleKind.LISTED, RuleKind.SIGNED_IN])
        give_grant(db, title_id, "https://id.example.org", "rea")
        publish(db, "a-title")
        edition = Edition(title_id=title_id, file=File(sha256="0" * 64, size=5_000_000_000, page_count=3))
        identity = recognise(db, "campus", Profile("https://id.example.org", "rea", "Rea Der"))
        db.add(edition)
        db.flush()
        at = edition.made_at
        db.add(Ticket(digest="1" * 64, user_id=identity.user_id, edition_id=edition.id, expires_at=at, uses_left=5))
        db.add(Session(digest="2" * 64, user_id=identity.user_id, identity_id=identity.id, expires_at=at))
        secrets = {"state_digest": "3", "browser_digest": "4", "nonce": "5", "code_verifier": "6"}
        db.add(Attempt(**secrets, provider="campus", next_path="/", expires_at=at))


def test_up_down_and_up_again(empty: Database) -> None:
    upgrade(empty)
    assert is_current(empty)
    assert tables(empty) == set(metadata.tables) | {"alembic_version"}
    assert differences(empty) == []
    downgrade(empty, "base")
    assert tables(empty) == {"alembic_version"}
    upgrade(empty)
    assert differences(empty) == []


def test_each_step_goes_down_and_up_again(empty: Database) -> None:
    upgrade(empty)
    for step in ScriptDirectory.from_config(config()).walk_revisions():
        before = unordered(shape(empty))
        downgrade(empty, str(step.down_revision or "base"))
        upgrade(empty, step.revision)
        assert unordered(shape(empty)) == before, step.revision
        downgrade(empty, str(step.down_revision or "base"))


def test_rows_of_the_first_tables_outlive_every_later_step(empty: Database) -> None:
    upgrade(empty)
    furnish(empty)
    newest = rows(empty)
    downgrade(empty, FIRST)
    first = rows(empty)
    assert all(first.values()), [name for name, found in first.items() if not found]
    assert as_far_as(newest, first) == first
    upgrade(empty)
    assert as_far_as(rows(empty), first) == first


def test_a_series_that_was_a_name_becomes_a_row_of_its_own(empty: Database) -> None:
    upgrade(empty)
    furnish(empty)
    downgrade(empty, "stamps")
    with empty.engine.begin() as connection:
        connection.execute(sa.text("UPDATE title SET series = 'Global Power Shift', posted_at = created_at"))
    upgrade(empty)
    with empty.reading() as db:
        title = db.exec(select(Title)).one()
        assert (title.in_series.name, title.version) == ("Global Power Shift", 1) if title.in_series else False
        assert title.modified_at == title.posted_at
    with empty.writing() as db:
        chapter = db.exec(select(Chapter)).one()
        seen = chapter.id
        db.delete(chapter)
        db.flush()
        other = Chapter(title_id=chapter.title_id, position=1, name="Another")
        db.add(other)
        db.flush()
        assert other.id != seen


def test_changing_a_table_deletes_nothing_that_hangs_on_it(empty: Database) -> None:
    upgrade(empty)
    furnish(empty)
    with migrations._alone(empty) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("identity") as batch:  # which SQLite makes anew
            batch.alter_column("subject", type_=sa.String(300))
    with empty.reading() as db:
        assert len(db.exec(select(Session)).all()) == 1


def test_a_change_that_leaves_rows_pointing_to_nothing_is_undone(empty: Database) -> None:
    upgrade(empty)
    furnish(empty)
    astray = sa.text("UPDATE ticket SET edition_id = 99")
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)), migrations._alone(empty) as connection:
        connection.execute(astray)
    with pytest.raises(sa.exc.IntegrityError), empty.writing() as db:  # and foreign keys hold again
        db.connection().execute(astray)
    with empty.writing() as db:
        db.connection().execute(sa.text("DELETE FROM edition"))
    with empty.reading() as db:
        assert db.exec(select(Ticket)).all() == []


def test_of_two_upgrades_at_once_both_end_well(empty: Database) -> None:
    start, failures = threading.Barrier(2), []

    def migrate() -> None:
        database = Database(empty.url)
        start.wait()
        try:
            upgrade(database)
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert is_current(empty)


def test_each_step_that_fails_at_its_end_leaves_all_as_it_was(empty: Database) -> None:
    """The worst moment: all of a step is done but for the note that it is."""
    met: list[str] = []

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if is_armed and statement.startswith(("UPDATE alembic_version", "INSERT INTO alembic_version")):
            met.append(statement)
            raise Injected

    is_armed = False
    sa.event.listen(empty.engine, "before_cursor_execute", fail)
    steps = list(ScriptDirectory.from_config(config()).walk_revisions())
    if empty.engine.dialect.name == "postgresql":
        steps = steps[:: len(steps) // FEW]  # it keeps tables as it keeps rows, so a few will do
    for step in reversed(steps):
        if step.down_revision is not None:
            upgrade(empty, str(step.down_revision))
        before = shape(empty)
        is_armed = True
        with pytest.raises(Injected):
            upgrade(empty, step.revision)
        is_armed = False
        assert shape(empty) == before, step.revision
    upgrade(empty)
    assert len(met) == len(steps), "not every step has failed, so this would prove nothing"
    assert differences(empty) == []


class Injected(Exception):
    """The fault of a test."""


SHAPE = {
    "sqlite": "SELECT name, sql FROM sqlite_master",
    "postgresql": """
        SELECT table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
}


def shape(database: Database) -> set[tuple[str, str]]:
    """All that there is, as the database itself says it, and the version that it says it is at."""
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(SHAPE[connection.dialect.name])
        made = {(str(name), str(how)) for name, how in found if name != "alembic_version"}
        return made | {("version", str(MigrationContext.configure(connection).get_current_revision()))}


def unordered(found: set[tuple[str, str]]) -> set[tuple[str, ...]]:
    """The same however it is written: SQLite makes a table anew to change it, and then writes it down otherwise."""
    plain = {(name, re.sub(r'"|CONSTRAINT pk_\w+ ', "", how)) for name, how in found}
    return {(name, *sorted(part.strip() for part in re.split(r"[,\n]", how) if part.strip())) for name, how in plain}


def test_a_step_that_fails_leaves_the_tables_as_they_were(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ticket (id INTEGER)")  # the last of the first tables is in the way
    with pytest.raises(sa.exc.DBAPIError, match="already exists"):
        upgrade(empty)
    assert tables(empty) == {"ticket"}


def test_the_migrations_are_known_without_alembic_in_its_order() -> None:
    found = [each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()]
    assert migrations._known() == tuple(found)


def test_the_installed_alembic_is_not_hidden() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
