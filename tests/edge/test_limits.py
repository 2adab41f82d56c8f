"""Rate limits: each is held by account and by network, said in words, and the same however many workers there are."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.database import Database
from api.edge import limits
from api.edge.limits import HOUR, Limit, Whose, sweep_limits
from api.errors import TooMany
from api.seal import Seal
from api.settings import Settings
from api.tables import Bucket, Ticket
from tests.cast import BEN, CLEO, pick_person, sign_in
from tests.make import shelve
from tests.site import BROWSER, Site, free_port, served

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
THREE = Limit("tickets", Whose.ACCOUNT, 3, HOUR, "made", "download links")
FOUR = Limit("tickets", Whose.NETWORK, 4, HOUR, "made", "download links")


def use(site: Site, *held: Limit, account: int = 1, network: str = "192.0.2.1") -> None:
    with site.portal.database.writing() as db:
        limits.count(db, site.portal.seal, held, network=network, account=account)


def buckets(site: Site) -> list[Bucket]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Bucket)).all())


@contextmanager
def few_tickets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "TICKETS", (THREE, FOUR))
    yield


def test_a_limit_ends_with_its_stretch_and_says_when(site: Site) -> None:
    with clock.frozen(NOON):
        for _ in range(3):
            use(site, THREE)
        with pytest.raises(TooMany) as refused:
            use(site, THREE)
    assert refused.value.until == NOON + HOUR
    assert refused.value.heading == "Please wait until 13:01"
    assert refused.value.message == ("Your account has made 3 download links in the last hour, which is the limit.")
    assert list(refused.value.facts) == [
        ("Limit", "3 download links an hour"),
        ("Your account has made", "3"),
        ("Next one from", "13:01 UTC"),
    ]
    with clock.frozen(NOON + HOUR - timedelta(microseconds=1)), pytest.raises(TooMany):
        use(site, THREE)
    with clock.frozen(NOON + HOUR):
        use(site, THREE)


def test_what_is_refused_is_not_counted_anywhere(site: Site) -> None:
    with clock.frozen(NOON):
        for _ in range(4):
            use(site, FOUR)
        for _ in range(3):
            with pytest.raises(TooMany):
                use(site, THREE, FOUR)
        use(site, THREE, network="192.0.2.2")
        assert sorted(bucket.count for bucket in buckets(site)) == [1, 4]


def test_accounts_and_networks_are_counted_apart(site: Site) -> None:
    with clock.frozen(NOON):
        for _ in range(3):
            use(site, THREE, FOUR, account=1)
        use(site, THREE, FOUR, account=2)
        with pytest.raises(TooMany, match="Your network"):
            use(site, THREE, FOUR, account=2)
        with pytest.raises(TooMany, match="Your account"):
            use(site, THREE, FOUR, account=1, network="192.0.2.2")
        use(site, THREE, FOUR, account=2, network="192.0.2.2")


def test_no_row_tells_an_address_and_no_day_can_be_joined_to_another(site: Site) -> None:
    for day in (NOON, NOON + timedelta(days=1)):
        with clock.frozen(day):
            use(site, FOUR)
    rows = buckets(site)
    assert len({row.digest for row in rows}) == 2
    assert "192.0.2.1" not in str(rows)


def test_old_rows_are_swept_and_running_ones_stay(site: Site) -> None:
    with clock.frozen(NOON):
        use(site, THREE)
    with clock.frozen(NOON + timedelta(minutes=30)):
        use(site, THREE, account=2)
    with site.portal.database.writing() as db:
        assert sweep_limits(db, NOON + HOUR - timedelta(seconds=1)) == 0
        assert sweep_limits(db, NOON + HOUR) == 1
    assert len(buckets(site)) == 1


def test_the_page_of_a_limit_says_until_when(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made, cleo = shelve(site), site.browser()
    sign_in(cleo, CLEO)
    with few_tickets(monkeypatch), clock.frozen(NOON):
        links = [cleo.get(made.pdf), cleo.post(f"{made.path}/tickets"), cleo.get(made.pdf)]
        assert [answer.status_code for answer in links] == [303, 200, 303]
        page, again = cleo.get(made.pdf), cleo.post(f"{made.path}/tickets")
        problem = cleo.post(f"{made.path}/tickets", headers={"accept": "application/json"})
        assert page.status_code == again.status_code == problem.status_code == 429
        for answer in (page, again, problem):
            assert answer.headers["retry-after"] == "3600"
            assert answer.headers["cache-control"] == "private, no-store"
        for words in (
            "429, too many requests",
            "Please wait until 13:01",
            "Your account has made 3 download links in the last hour, which is the limit.",
            "Nothing is locked",
            "<dt>Limit</dt><dd>3 download links an hour</dd>",
            "<dt>Next one from</dt><dd>13:01 UTC</dd>",
            f'href="{made.path}"',
        ):
            assert words in page.text, words
        assert problem.headers["content-type"] == "application/problem+json"
        assert "Please wait until 13:01" in problem.json()["detail"]
        assert cleo.head(made.pdf).status_code == 200
        assert cleo.get(links[0].headers["location"]).status_code == 200
    with site.portal.database.reading() as db:
        assert len(db.exec(select(Ticket)).all()) == 3


def test_another_account_is_unaffected(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made, cleo, ben = shelve(site), site.browser(), site.browser()
    sign_in(cleo, CLEO)
    sign_in(ben, BEN)
    with few_tickets(monkeypatch), clock.frozen(NOON):
        assert [cleo.get(made.pdf).status_code for _ in range(5)] == [303, 303, 303, 429, 429]
        assert ben.get(made.pdf).status_code == 303
        assert ben.get(made.pdf).status_code == 429, "the network's own limit"


def test_two_workers_hold_one_limit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        served(settings) as one,
        served(settings, port=free_port()) as two,
        few_tickets(monkeypatch),
        clock.frozen(NOON),
    ):
        made, cleo = shelve(one), one.browser()
        sign_in(cleo, CLEO)
        cookie = {"cookie": f"gatefold={cleo.cookies.get('gatefold')}", "host": urlsplit(one.url).netloc, **BROWSER}
        answers = [httpx2.get(f"{site.inner}{made.pdf}", headers=cookie) for site in (one, two, one, two, one, two)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429, 429]


def test_a_hundred_at_once_on_two_workers(settings: Settings) -> None:
    ten = Limit("tickets", Whose.ACCOUNT, 10, HOUR, "made", "download links")
    workers = [Database(settings.database_url) for _ in range(2)]
    seal, let_through, barrier = Seal("s" * 32), [], threading.Barrier(8)

    def come(database: Database) -> None:
        barrier.wait()
        for _ in range(13):
            try:
                with database.writing() as db:
                    limits.count(db, seal, (ten,), network="192.0.2.1", account=1)
                let_through.append(True)
            except TooMany:
                pass

    threads = [threading.Thread(target=come, args=(each,)) for each in workers * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for worker in workers:
        worker.close()
    assert len(let_through) == 10


def test_starting_to_sign_in_is_limited_by_network(site: Site) -> None:
    client, many = site.browser(), limits.SIGN_IN_START[0].many
    with clock.frozen(NOON):
        statuses = [client.post("/sign-in/demo", data={"next": "/"}).status_code for _ in range(many + 2)]
        page = site.browser().post("/sign-in/demo", data={"next": "/"})
    assert statuses == [303] * many + [429] * 2
    assert f"Your network has started {many} sign-ins in the last 10\u00a0minutes" in page.text
    assert "Please wait until 12:11" in page.text
    assert page.headers["retry-after"] == "600"
    assert "set-cookie" not in page.headers


def test_coming_back_is_limited_and_leaves_the_attempt_as_it_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Limit("sign-in callback", Whose.NETWORK, 1, HOUR, "come back from", "sign-ins")
    monkeypatch.setattr(limits, "SIGN_IN_CALLBACK", (one,))
    client, start = site.browser(), NOON
    with clock.frozen(start):
        assert client.get("/sign-in/demo/callback?state=forged").status_code == 400
        assert client.get("/sign-in/demo/callback?state=forged").status_code == 429
    with clock.frozen(start + timedelta(minutes=59, seconds=30)):
        started = client.post("/sign-in/demo", data={"next": "/"})
        back = pick_person(client, started.headers["location"], CLEO).headers["location"]
        assert client.get(back).status_code == 429
    with clock.frozen(start + timedelta(minutes=60)):
        assert client.get(back).status_code == 303


def test_the_operators_page_has_every_limit() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    for limit in (*limits.SIGN_IN_START, *limits.SIGN_IN_CALLBACK, *limits.TICKETS, *limits.VOUCHERS, *limits.REQUESTS):
        assert f"| {limit.many} {limit.rate} |".replace("\u00a0", " ") in page, limit
