"""Keys hold for one day in UTC, and nobody can be found in them once the day's salt is gone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.database import Database
from api.settings import Settings
from api.tables import DailySalt
from api.usage.salts import forget, salt_of
from tests.make import Made, shelve
from tests.site import Site, free_port, served
from tests.usage.conftest import Events, person, signed_in

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_key_is_another_on_the_next_day(site: Site, made: Made, events: Events) -> None:
    nobody = person(site)
    for at in (NOON, NOON + timedelta(hours=11, minutes=59), NOON + timedelta(hours=12)):
        with clock.frozen(at):
            nobody.get(made.path)
    morning, night, tomorrow = (view.user_key for view in events())
    assert morning == night != tomorrow


def test_a_days_salt_is_random_and_stays_for_the_day(site: Site) -> None:
    day = date(2026, 11, 22)
    with site.portal.database.writing() as db:
        first = salt_of(db, day)
    with site.portal.database.writing() as db:
        assert salt_of(db, day) == first
        assert salt_of(db, day + timedelta(days=1)) != first


def test_salts_are_destroyed_after_48_hours(site: Site) -> None:
    begins = datetime(2026, 11, 22, tzinfo=UTC)
    with site.portal.database.writing() as db:
        for days in range(4):
            salt_of(db, (begins - timedelta(days=days)).date())
        assert forget(db, begins + timedelta(hours=47, minutes=59)) == 3
        assert forget(db, begins + timedelta(hours=47, minutes=59)) == 0
    with site.portal.database.writing() as db:
        assert [row.day for row in db.exec(select(DailySalt)).all()] == [begins.date()]
        assert forget(db, begins + timedelta(hours=48)) == 1


def test_a_destroyed_salt_is_nowhere_in_the_file(tmp_path: Path, migrated: Path) -> None:
    file = tmp_path / "gatefold.db"
    file.write_bytes(migrated.read_bytes())
    database = Database(f"sqlite:///{file}")
    with database.writing() as db:
        salt = salt_of(db, NOON.date()).encode()
    _fold_log(database)
    assert salt in file.read_bytes()
    with database.writing() as db:
        forget(db, NOON + timedelta(days=2))
    _fold_log(database)
    database.close()
    assert not any(salt in left.read_bytes() for left in tmp_path.glob("gatefold.db*"))


def _fold_log(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def test_a_key_needs_the_portals_secret_too(site: Site, settings: Settings, made: Made, events: Events) -> None:
    person(site).get(made.path)
    assert len(events()) == 1
    others = settings.model_copy(
        update={"public_url": f"http://localhost:{free_port()}", "secret_key": type(settings.secret_key)("Z" * 40)}
    )
    with served(others) as other:
        person(other).get(made.path)
    here, there = events()
    assert here.user_key != there.user_key


def test_two_servers_on_one_database_know_a_reader_by_one_key(site: Site, settings: Settings, events: Events) -> None:
    made = shelve(site)
    with served(settings.model_copy(update={"public_url": f"http://localhost:{free_port()}"})) as other:
        for each in (site, other):
            for _ in range(20):
                person(each).get(made.path)
            signed_in(each).get(made.pdf, follow_redirects=True)
    views = events("investigation")
    assert len(views) == 40
    assert len({view.user_key for view in views}) == 1
    assert len(events("request")) == 2
