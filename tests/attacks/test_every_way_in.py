"""Every address that leads to bytes, for everyone, in every state of a title; what is expected stands here by hand."""

import hashlib
from datetime import timedelta

import httpx2
import pytest
import sqlalchemy as sa

from api import clock
from api.tables import RuleKind, State, Ticket
from tests.attacks.readers import NOBODY, WHO, Caller, callers, hand_ticket
from tests.cast import ADA, BEN
from tests.make import Made, grant, shelve
from tests.site import BROWSER, Site

EVERYONE, SIGNED_IN, LISTED = RuleKind.EVERYONE, RuleKind.SIGNED_IN, RuleKind.LISTED
LATER = timedelta(days=30)
PROGRAM, JSON = {"accept": "*/*"}, {"accept": "application/json"}

# How each title is shelved.
TITLES: dict[str, dict[str, object]] = {
    "draft": {"rules": [EVERYONE], "state": State.DRAFT},
    "open": {"rules": [EVERYONE]},
    "signed-in": {"rules": [SIGNED_IN]},
    "listed": {"rules": [LISTED]},
    "listed-or-open": {"rules": [LISTED, EVERYONE]},
    "closed": {"rules": []},
    "embargoed": {"rules": [SIGNED_IN], "opens_in": LATER},
    "embargoed-listed": {"rules": [LISTED], "opens_in": LATER},
    "embargoed-open": {"rules": [EVERYONE], "opens_in": LATER},
    "withdrawn": {"rules": [EVERYONE], "state": State.WITHDRAWN},
    "no-file": {"rules": [EVERYONE], "file": None},
    "no-file-signed-in": {"rules": [SIGNED_IN], "file": None},
}

# How each caller stands before each title:        ada       ben       cleo      dan       nobody
STANDINGS = {
    "draft": ("ticket", "hidden", "hidden", "hidden", "hidden"),
    "open": ("open", "open", "open", "open", "open"),
    "signed-in": ("ticket", "ticket", "ticket", "unknown", "unknown"),
    "listed": ("ticket", "ticket", "refused", "unknown", "unknown"),
    "listed-or-open": ("open", "ticket", "open", "open", "open"),
    "closed": ("ticket", "refused", "refused", "unknown", "unknown"),
    "embargoed": ("ticket", "refused", "refused", "unknown", "unknown"),
    "embargoed-listed": ("ticket", "refused", "refused", "unknown", "unknown"),
    "embargoed-open": ("ticket", "refused", "refused", "unknown", "unknown"),
    "withdrawn": ("gone", "gone", "gone", "gone", "gone"),
    "no-file": ("preparing", "preparing", "preparing", "preparing", "preparing"),
    "no-file-signed-in": ("preparing", "preparing", "preparing", "preparing", "preparing"),
}

# What each standing gets.  GET: browser       program    HEAD: browser     program    POST: browser     JSON
ANSWERS = {
    "open": ("200 bytes", "200 bytes", "200", "200", "303 pdf", "303 pdf"),
    "ticket": ("303 link", "303 link", "200", "200", "200 page", "201"),
    "refused": ("303 page", "403", "303 page", "403", "303 page", "403"),
    "unknown": ("303 page", "401", "303 page", "401", "303 page", "401"),
    "preparing": ("303 page", "404", "303 page", "404", "303 page", "404"),
    "gone": ("410", "410", "410", "410", "410", "410"),
    "hidden": ("404", "404", "404", "404", "404", "404"),
}

# What a link gets that was made for each of them before things came to stand so; nobody is never handed one.
LINKS = {
    "draft": (200, 404, 404, 404),
    "open": (200, 200, 200, 200),
    "signed-in": (200, 200, 200, 403),
    "listed": (200, 200, 403, 403),
    "listed-or-open": (200, 200, 200, 200),
    "closed": (200, 403, 403, 403),
    "embargoed": (200, 403, 403, 403),
    "embargoed-listed": (200, 403, 403, 403),
    "embargoed-open": (200, 403, 403, 403),
    "withdrawn": (410, 410, 410, 410),
}


def shelved(site: Site, name: str) -> Made:
    given = dict(TITLES[name])
    if "opens_in" in given:
        given["opens_at"] = clock.now() + given.pop("opens_in")  # type: ignore[operator]
    made = shelve(site, name, **given)  # type: ignore[arg-type]
    grant(site, made, BEN)
    return made


def tickets(site: Site) -> int:
    with site.portal.database.reading() as db:
        return int(db.exec(sa.select(sa.func.count()).select_from(Ticket)).scalar_one())


def said(answer: httpx2.Response, made: Made) -> str:
    """An answer in the words of the table; bytes of the file anywhere else are a hole."""
    is_file = made.file is not None and made.file[:64] in answer.content
    if answer.status_code == 200 and answer.request.method == "GET":
        return "200 bytes" if answer.content == made.file else "200 page"
    assert not is_file
    if answer.status_code == 200 and answer.request.method == "POST":
        assert "/t/" in answer.text
        return "200 page"
    if answer.status_code == 303:
        to = answer.headers["location"]
        places = {f"{made.path}?get=pdf": "303 page", made.pdf: "303 pdf"}
        return places.get(to, "303 link" if to.startswith("/t/") else f"303 {to}")
    return str(answer.status_code)


def knock(site: Site, made: Made, caller: Caller) -> tuple[str, ...]:
    client = caller.dressed(site.program())
    ways = (
        ("GET", made.pdf, BROWSER),
        ("GET", made.pdf, PROGRAM),
        ("HEAD", made.pdf, BROWSER),
        ("HEAD", made.pdf, PROGRAM),
        ("POST", f"{made.path}/tickets", BROWSER),
        ("POST", f"{made.path}/tickets", JSON),
    )
    return tuple(said(client.request(method, path, headers=accept), made) for method, path, accept in ways)


@pytest.mark.parametrize("name", TITLES)
def test_the_stable_address_and_its_tickets(site: Site, name: str) -> None:
    made, everyone = shelved(site, name), callers(site)
    for who, standing in zip(WHO, STANDINGS[name], strict=True):
        before = tickets(site)
        assert (who, *knock(site, made, everyone[who])) == (who, *ANSWERS[standing])
        assert tickets(site) - before == (4 if standing == "ticket" else 0)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_made_before_things_came_to_stand_so(site: Site, name: str) -> None:
    made, everyone = shelved(site, name), callers(site)
    assert made.file is not None
    anyone = site.program()
    for who, status in zip(WHO[:-1], LINKS[name], strict=True):
        user_id = everyone[who].user_id
        assert user_id is not None
        link = hand_ticket(site, made, user_id)
        whole, head = anyone.get(link), anyone.head(link)
        part = anyone.get(link, headers={"range": "bytes=1-9"})
        assert (who, whole.status_code, head.status_code) == (who, status, status)
        assert part.status_code == (206 if status == 200 else status)
        assert (whole.content == made.file) is (status == 200)
        assert (part.content == made.file[1:10]) is (status == 200)
        assert "set-cookie" not in whole.headers


@pytest.mark.parametrize("name", ["signed-in", "listed", "embargoed-open", "closed"])
def test_conditions_and_ranges_open_nothing(site: Site, name: str) -> None:
    """The digest of a file is on its public page, so knowing it must be worth nothing."""
    made = shelved(site, name)
    digest = f'"{hashlib.sha256(made.file or b"").hexdigest()}"'
    nobody = site.program()
    for condition in (
        {"range": "bytes=0-9"},
        {"range": "bytes=5-"},
        {"if-none-match": "*"},
        {"if-none-match": digest},
        {"if-match": digest},
        {"range": "bytes=0-9", "if-range": digest},
        {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"sec-purpose": "prefetch"},
        {"accept": "application/pdf"},
        {"authorization": "Bearer x"},
        {"cookie": "gatefold="},
        {"cookie": f"gatefold={'A' * 43}"},
        {"x-http-method-override": "HEAD"},
        {"x-original-url": "/", "x-rewrite-url": made.pdf},
    ):
        answer = nobody.get(made.pdf, headers=condition)
        assert answer.status_code == (204 if "sec-purpose" in condition else 401), condition
        assert b"%PDF" not in answer.content
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        assert nobody.request(method, made.pdf).status_code == 405


def test_a_link_is_the_holders_whatever_cookie_comes_with_it(site: Site) -> None:
    listed, everyone = shelved(site, "listed"), callers(site)
    bens = hand_ticket(site, listed, everyone[BEN].user_id or 0)
    cleos = hand_ticket(site, listed, everyone["cleo"].user_id or 0)
    for who in (ADA, BEN, NOBODY):
        assert everyone[who].dressed(site.program()).get(bens).status_code == 200
        assert everyone[who].dressed(site.program()).get(cleos).status_code == 403
