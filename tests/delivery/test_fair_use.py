"""Fair use: a warning, a slower pace, a pause, and a note that names nobody."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import httpx2
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlmodel import select

from api import clock
from api.commands import gatefold
from api.delivery.allowances import Allowance, Stage, What, Who
from api.delivery.fair_use import FairUse, fair_use_of
from api.edge import sending
from api.edge.limits import Whose
from api.settings import Settings
from api.settings_parts import FairUseSettings
from api.tables import Bucket, FairUseNote, User
from tests import make
from tests.cast import ADA, CLEO, make_editor, sign_in
from tests.delivery.test_s3_delivery import storage_on
from tests.s3 import S3Server
from tests.site import Site, served

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """Counts begin anew at midnight, and no test runs over that."""
    with clock.frozen(NOON):
        yield


@contextmanager
def site_with(settings: Settings, **allowed: int) -> Iterator[Site]:
    """A portal with these allowances and no others. What was sent is written when a test asks, and not meanwhile."""
    none = {"account_links": 0, "account_megabytes": 0, "network_links": 0, "network_megabytes": 0}
    fair_use = FairUseSettings(**none | allowed)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.delivery.fair_use.EVERY", 3600)
        with served(settings.model_copy(update={"fair_use": fair_use})) as site:
            yield site


def signed_in(site: Site, person: str = CLEO) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def user_id(site: Site) -> int:
    with site.portal.database.reading() as db:
        found = db.exec(select(User.id)).one()
    assert found is not None
    return found


def has_had(site: Site, megabytes: float) -> None:
    fair_use = fair_use_of(site.portal)
    fair_use.sent(Who(user_id(site), HERE), int(megabytes * 1_000_000))
    fair_use.flush()


def counted(site: Site) -> list[int]:
    """What stands in the counts of fair use: those that last until midnight."""
    fair_use_of(site.portal).flush()
    midnight = datetime.combine(clock.now().date() + timedelta(days=1), datetime.min.time(), UTC)
    with site.portal.database.reading() as db:
        return sorted(db.exec(select(Bucket.count).where(Bucket.ends_at == midnight)).all())


def assert_counted(site: Site, expected: list[int]) -> None:
    """A transfer is counted when its last byte has left, which the reader may know a moment sooner."""
    give_up = clock.ticks() + 60
    while counted(site) != expected and clock.ticks() < give_up:
        time.sleep(0.02)
    assert counted(site) == expected


def notes(site: Site) -> list[tuple[object, ...]]:
    with site.portal.database.reading() as db:
        return [(note.user_id, note.what, note.stage) for note in db.exec(select(FairUseNote).order_by("id")).all()]


@pytest.mark.parametrize(
    ("used", "stage"),
    [(0, 0), (79, 0), (80, 1), (99, 1), (100, 2), (149, 2), (150, 3)],
)
def test_the_stages_of_an_allowance(used: int, stage: int) -> None:
    assert Allowance(Whose.ACCOUNT, What.LINKS, 100).stage(used) == Stage(stage)
    assert Allowance(Whose.ACCOUNT, What.MEGABYTES, 100).stage(used * 1000) == Stage(stage)


def test_bytes_really_sent_are_counted_for_account_and_network(settings: Settings) -> None:
    with site_with(settings, account_megabytes=10, network_megabytes=100) as site:
        made = make.shelve(site)
        cleo = signed_in(site)
        link = cleo.get(made.pdf).headers["location"]
        size = len(cleo.get(link).content)
        assert_counted(site, [-(-size // 1000)] * 2)
        cleo.get(link, headers={"range": "bytes=0-99"})
        cleo.head(link)
        cleo.get(link, headers={"range": f"bytes={size}-"})
        assert_counted(site, [-(-size // 1000) + 1] * 2)


def test_links_are_counted_and_a_warning_stands_on_the_page(settings: Settings) -> None:
    with site_with(settings, account_links=5) as site:
        made = make.shelve(site)
        cleo = signed_in(site)
        pages = [cleo.post(f"{made.path}/tickets").text for _ in range(6)]
        assert ["most of today’s allowance" in page for page in pages] == [False] * 4 + [True, False]
        assert "4 links of 5 links a day" in pages[4]
        assert "used up today’s allowance: 5 links" in pages[5]
        assert notes(site) == [(user_id(site), "links", "slowed")]


def test_beyond_it_all_is_paused_until_midnight(settings: Settings) -> None:
    with site_with(settings, account_megabytes=10) as site:
        made = make.shelve(site)
        cleo = signed_in(site)
        link = cleo.get(made.pdf).headers["location"]
        has_had(site, 15.2)
        for answer in (cleo.post(f"{made.path}/tickets"), cleo.get(made.pdf)):
            assert answer.status_code == 429
            assert answer.headers["retry-after"] == str(12 * 3600)
            assert "Please wait until 00:00 UTC" in answer.text
            assert "Your account has had 15.2\u00a0MB today" in answer.text
            assert "Back to the title" in answer.text
        problem = cleo.get(made.pdf, headers={"accept": "application/json"})
        assert (problem.status_code, problem.headers["content-type"]) == (429, "application/problem+json")
        assert cleo.get(link).content == made.file  # what one has keeps working
        assert notes(site) == [(user_id(site), "megabytes", "paused")]
    with clock.frozen(NOON + timedelta(hours=12)), site_with(settings, account_megabytes=10) as site:
        assert signed_in(site).get(made.pdf).status_code == 303


def test_each_stage_is_noted_once(settings: Settings) -> None:
    with site_with(settings, account_megabytes=10) as site:
        signed_in(site)
        for megabytes in (9, 2, 1, 4, 1):
            has_had(site, megabytes)
        assert [stage for _, _, stage in notes(site)] == ["slowed", "paused"]


@pytest.mark.timed
def test_a_slowed_download_keeps_the_pace_and_holds_nobody_up(settings: Settings) -> None:
    with site_with(settings, account_megabytes=10, slow_kilobytes=10) as site:
        made = make.shelve(site, file=make.pdf(40))
        cleo = signed_in(site)
        link = cleo.get(made.pdf).headers["location"]
        size = len(make.pdf(40))
        assert size > 15_000
        has_had(site, 11)
        began = clock.ticks()
        content = cleo.get(link, headers={"range": "bytes=0-14999"}).content
        took = clock.ticks() - began
        assert content == make.pdf(40)[:15_000]
        assert 0.9 < took < 30  # the first 10 kB at once, the others a second later


def test_who_leaves_a_slowed_download_is_counted_for_what_they_had(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def until_they_leave(tasks: set["asyncio.Task[None]"], timeout: float) -> None:
        await asyncio.wait(tasks)

    monkeypatch.setattr(sending, "asyncio", SimpleNamespace(create_task=asyncio.create_task, wait=until_they_leave))
    with site_with(settings, account_megabytes=100, slow_kilobytes=10) as site:
        make.shelve(site, file=make.pdf(200))
        cleo = signed_in(site)
        link = cleo.get("/reports/rivers-of-paper.pdf").headers["location"]
        has_had(site, 101)
        with cleo.stream("GET", link) as answer:
            next(answer.iter_raw(1000))
        assert_counted(site, [101_010])


def test_nginx_is_told_the_pace(settings: Settings) -> None:
    storage = settings.storage.model_copy(update={"delivery": "x-accel"})
    with site_with(settings.model_copy(update={"storage": storage}), account_megabytes=10, slow_kilobytes=50) as site:
        made = make.shelve(site)
        cleo = signed_in(site)
        link = cleo.get(made.pdf).headers["location"]
        assert "x-accel-limit-rate" not in cleo.get(link).headers
        has_had(site, 11)
        assert cleo.get(link).headers["x-accel-limit-rate"] == "50000"
        assert_counted(site, [11_000 + 2 * (-(-len(make.pdf()) // 1000))])


def test_where_the_store_sends_links_come_one_by_one(settings: Settings, s3_server: S3Server, s3_keys: None) -> None:
    with site_with(settings.model_copy(update={"storage": storage_on(s3_server)}), account_megabytes=10) as site:
        made = make.shelve(site)
        cleo = signed_in(site)
        link = cleo.get(made.pdf).headers["location"]
        assert cleo.get(link).status_code == 303
        size = -(-len(make.pdf()) // 1000)
        assert_counted(site, [size])
        has_had(site, 11)
        assert cleo.get(made.pdf).status_code == 303
        answer = cleo.get(made.pdf)
        assert answer.status_code == 429
        assert "links come one by one" in answer.text
        assert 200 < int(answer.headers["retry-after"]) <= 300


def test_a_network_is_held_as_one_and_no_address_is_kept(settings: Settings) -> None:
    with site_with(settings, network_links=2) as site:
        made = make.shelve(site)
        for person in ("cleo", "ben", "cleo"):
            assert signed_in(site, person).get(made.pdf).status_code == 303
        answer = signed_in(site).get(made.pdf)
        assert answer.status_code == 429
        assert "Your network has had 3 links today" in answer.text
        with site.portal.database.reading() as db:
            slowed, paused = db.exec(select(FairUseNote).order_by("id")).all()
            rows = str([tuple(row) for row in db.connection().execute(sa.select(FairUseNote)).all()])
        assert (slowed.user_id, slowed.stage, paused.stage) == (None, "slowed", "paused")
        assert slowed.network == paused.network
        assert len(slowed.network or "") == 12
        assert HERE not in rows


def test_the_digest_of_a_network_is_another_each_day(settings: Settings) -> None:
    found = []
    for days in (0, 1):
        with clock.frozen(NOON + timedelta(days=days)), site_with(settings, network_megabytes=1) as site:
            if not days:
                signed_in(site)
            has_had(site, 1.1)
            with site.portal.database.reading() as db:
                found.append(db.exec(select(FairUseNote.network, FairUseNote.day)).all()[-1])
    assert found[0][0] != found[1][0]
    assert [day for _, day in found] == [date(2026, 11, 22), date(2026, 11, 23)]


def test_staff_use_is_not_counted(settings: Settings) -> None:
    with site_with(settings, account_links=1, account_megabytes=1) as site:
        make_editor(site)
        made = make.shelve(site)
        ada = signed_in(site, ADA)
        for _ in range(3):
            assert ada.get(ada.get(made.pdf).headers["location"]).status_code == 200
        assert counted(site) == []


def test_counts_wait_while_the_database_is_busy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_with(settings, account_megabytes=10) as site:
        signed_in(site)
        fair_use = fair_use_of(site.portal)

        def busy(*_: object) -> None:
            raise sa.exc.OperationalError("", {}, Exception("busy"))

        with monkeypatch.context() as patched:
            patched.setattr(FairUse, "_add", busy)
            has_had(site, 1)
            assert counted(site) == []
        fair_use.flush()
        assert counted(site) == [1000]


def test_the_press_reads_the_notes_by_number(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_with(settings, account_megabytes=1, network_megabytes=1) as site:
        signed_in(site)
        has_had(site, 1.1)
        number = user_id(site)
        export = signed_in(site).get("/account/export.json").json()
        assert [(each["what"], each["stage"]) for each in export["fair_use"]] == [("megabytes", "slowed")]
    monkeypatch.setenv("GATEFOLD_SECRET_KEY", settings.secret_key.get_secret_value())
    monkeypatch.setenv("GATEFOLD_DATABASE_URL", settings.database_url)
    said = CliRunner().invoke(gatefold, ["report", "fair-use"])
    assert said.exit_code == 0
    assert f"account {number}  slowed  beyond 1 megabytes a day" in said.stdout
    found = json.loads(CliRunner().invoke(gatefold, ["report", "fair-use", "--json"]).stdout)
    assert {each["account"] for each in found} == {number, None}
    assert "Cleo" not in said.stdout
    assert HERE not in said.stdout
