"""Somebody whose address, name and browser are like no other's: after forgetting there is no trace of them in use."""

import logging
import sqlite3
from contextlib import closing as closing_connection
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import sqlalchemy as sa

from api import clock
from api.settings import Settings
from api.tables import DaySum, Event, Identity, UsageSum, User, metadata
from api.usage import closing, days, salts
from api.usage.months import Month
from api.usage.robots import Robots
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site

ADDRESS, AGENT, NAME = "203.0.113.177", "Zebrafinch/7.31 (Quillnib)", "Perpetua Quillnib"
CANARIES = [each.lower().encode() for each in (ADDRESS, "zebrafinch", "quillnib", "quillnib.example")]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_proxies": tuple(map(ip_network, ("127.0.0.1/32", "::1/128")))})


def test_a_canary_is_nowhere_after_forgetting(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gatefold")
    made = shelve(site)
    canary = site.browser()
    seen_as = {"user-agent": AGENT, "x-forwarded-for": ADDRESS, "x-forwarded-proto": "http"}
    canary.headers.update({**seen_as, "referer": "https://quillnib.example/her/page"})
    assert canary.get(made.path).status_code == 200
    sign_in(canary, CLEO)
    assert canary.get(made.pdf, follow_redirects=True).status_code == 200
    site.settle()
    site.portal.journal.flush()
    database, month = site.portal.database, Month.of(clock.now())
    with database.writing() as db:
        for user in db.execute(sa.select(User)).scalars():
            user.name = NAME
        assert db.execute(sa.select(sa.func.count()).select_from(Event)).scalar_one() >= 4
    later = month.ends_at + timedelta(days=46)
    with clock.frozen(later):
        days.sum_days(database, Robots(), later)
        closing.close(database, month, Robots())
        assert closing.forget(database, later - timedelta(days=45)) >= 4
        with database.writing() as db:
            salts.forget(db, later)
            for table in (Identity, User):  # and the account itself
                db.execute(sa.delete(table))
    with database.reading() as db:
        kept = [
            str(value).lower().encode()
            for table in metadata.sorted_tables
            for row in db.connection().execute(sa.select(table))
            for value in row
        ]
        for table in (DaySum, UsageSum):
            assert db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() > 0
    said = [record.getMessage().lower().encode() for record in caplog.records]
    assert said
    assert [each for each in (*kept, *said) if any(word in each for word in CANARIES)] == []
    if database.engine.dialect.name == "sqlite":
        file = site.portal.settings.database_url.removeprefix("sqlite:///")
        with closing_connection(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = Path(file).read_bytes().lower()
        assert [word for word in CANARIES if word in content] == []
