"""A key in a request: where it is taken, that a bad one is never nobody, and what ends it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from api import clock
from api.postgresql import SESSION_LIMITS
from api.settings import Settings
from api.tables import AccessKey, RuleKind, User
from tests.cast import BEN, CLEO, sign_in
from tests.make import grant, shelve
from tests.site import Site, served
from tests.v1.conftest import WithKey, new_key

TITLES = "/api/v1/titles"
PLACES = (
    ("GET", TITLES),
    ("GET", f"{TITLES}/rivers-of-paper"),
    ("POST", f"{TITLES}/rivers-of-paper/tickets"),
    ("GET", "/reports/rivers-of-paper.pdf"),
    ("HEAD", "/reports/rivers-of-paper.pdf"),
    ("POST", "/reports/rivers-of-paper/tickets"),
)


def refused_everywhere(site: Site, header: str) -> None:
    for client in (site.program(), site.browser()):
        for method, path in PLACES:
            answer = client.request(method, path, headers={"authorization": header})
            assert answer.status_code == 401, (method, path)
            why = ', error="invalid_token"' if path.startswith("/api/") else ""  # for Thorium, see edge/problems.py
            assert answer.headers["www-authenticate"] == f'Bearer realm="Gatefold"{why}'
            assert "opds/authentication" in answer.headers.get("link", "")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("rules", [[RuleKind.SIGNED_IN], [RuleKind.EVERYONE]])
def test_a_wrong_key_is_refused_and_never_nobody(site: Site, rules: list[RuleKind]) -> None:
    shelve(site, rules=rules)
    key = new_key(site)
    for bad in (f"Bearer {key[:-2]}xx", "Bearer", f"BEARER {key} {key}", "Bearer gf_", f"Bearer x{key}"):
        refused_everywhere(site, bad)


def test_a_key_that_has_ended_is_refused(site: Site) -> None:
    shelve(site, rules=[RuleKind.EVERYONE])
    now = clock.now()
    with clock.frozen(now):
        key = new_key(site, days=30)
    with clock.frozen(now + timedelta(days=30)):
        refused_everywhere(site, f"Bearer {key}")


@pytest.mark.parametrize(
    "ending", [sa.delete(AccessKey), sa.update(User).values(disabled_at=clock.now()), sa.delete(User)]
)
def test_a_key_ends_when_it_is_revoked_and_with_its_reader(site: Site, ending: sa.Delete | sa.Update) -> None:
    shelve(site, rules=[RuleKind.EVERYONE])
    key = new_key(site)
    with site.portal.database.writing() as db:
        db.exec(ending)
    refused_everywhere(site, f"Bearer {key}")


def test_the_stable_address_takes_a_key_whatever_is_accepted(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    for client in (site.program(), site.browser()):
        client.headers["authorization"] = f"bearer {new_key(site, BEN)}"
        head = client.head(made.pdf)
        assert (head.status_code, head.headers["content-type"]) == (200, "application/pdf")
        assert client.get(made.pdf, follow_redirects=True).content == made.file
        assert client.post(f"{made.path}/tickets").status_code == 201
        client.headers["authorization"] = f"Bearer {new_key(site, CLEO)}"
        refused = client.get(made.pdf)
        assert (refused.status_code, refused.json()["reason"]) == (403, "not-listed")


def test_a_key_is_never_taken_from_a_query(site: Site) -> None:
    made = shelve(site)
    key = new_key(site)
    for name in ("access_token", "key", "authorization", "token"):
        assert site.program().get(f"{made.pdf}?{name}={key}").status_code == 401
        anonymous = site.program().get(f"{TITLES}?{name}={key}")
        assert anonymous.headers["cache-control"].startswith("public")
    form = site.program().post(f"{made.path}/tickets", data={"access_token": key})
    assert form.status_code == 401


def test_the_key_decides_also_beside_a_session(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    ben = site.browser()
    sign_in(ben, BEN)
    address = f"{TITLES}/rivers-of-paper"
    assert ben.get(address).json()["access"]["allowed"] is True
    as_cleo = ben.get(address, headers={"authorization": f"Bearer {new_key(site, CLEO)}"})
    assert as_cleo.json()["access"]["allowed"] is False
    assert ben.get(address, headers={"authorization": "Bearer gf_wrong"}).status_code == 401


def test_two_keys_at_once_are_none(site: Site) -> None:
    shelve(site)
    keys = [("authorization", f"Bearer {new_key(site, person)}") for person in (BEN, CLEO)]
    assert site.program().get(TITLES, headers=keys).status_code == 401


def test_what_is_no_bearer_is_no_key(site: Site) -> None:
    shelve(site)
    answer = site.program().get(TITLES, headers={"authorization": "Basic YTpi"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"


def test_on_other_addresses_a_key_is_nothing(site: Site, with_key: WithKey) -> None:
    shelve(site, "one")
    shelve(site, "two")
    program = with_key(CLEO)
    assert "Cleo" not in program.get("/").text
    assert program.get("/account").status_code == 401
    assert "error=" not in program.get("/account").headers["www-authenticate"]
    assert program.post("/sign-out").status_code == 303  # of nobody
    assert program.get(TITLES).status_code == 200


def test_only_the_day_of_the_last_use_is_kept(site: Site) -> None:
    now = clock.now()
    with clock.frozen(now):
        key = new_key(site)
    for days in (1, 1, 2):
        at = now + timedelta(days=days)
        with clock.frozen(at):
            site.program().get(TITLES, headers={"authorization": f"Bearer {key}"})
        with site.portal.database.reading() as db:
            assert db.get_one(AccessKey, 1).last_used_on == at.date()


def test_a_busy_database_keeps_no_program_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(settings) as site:
        key = new_key(site)
    monkeypatch.setattr("api.database.BUSY_TIMEOUT", 0.05)
    monkeypatch.setitem(SESSION_LIMITS, "lock_timeout", 50)
    with served(settings) as site:
        with site.portal.database.engine.begin() as busy:  # holds SQLite's write lock
            if busy.dialect.name == "postgresql":
                busy.exec_driver_sql("LOCK TABLE access_key IN EXCLUSIVE MODE")
            answer = site.program().get(TITLES, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        with site.portal.database.reading() as db:
            assert db.get_one(AccessKey, 1).last_used_on is None
