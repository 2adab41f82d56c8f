"""E-readers: both versions of the feeds, who is offered what, and the ways by which readers let theirs in."""

import base64
import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.access import keys
from api.shelf import e_reading
from api.shelf.shelving import withdraw
from api.tables import Event, EventKind, RuleKind, State
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site

JSON, ATOM = "application/opds+json", "application/atom+xml"
A = "{http://www.w3.org/2005/Atom}"
SIGN_IN = "/opds/sign-in?response_type=token&state=s-1&redirect_uri=opds%3A%2F%2Fauthorize%2F&client_id=x"


def feed(client: httpx2.Client, path: str) -> dict:
    answer = client.get(path, headers={"accept": JSON})
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    return json.loads(answer.text)


def link(links: list[dict], rel: str) -> dict:
    return next(each for each in links if each["rel"] == rel)


def basic(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'reader:{key}'.encode()).decode()}"}


def new_key(site: Site, purpose: str = "e-reader") -> str:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    (key,) = re.findall(keys.KEY, cleo.post("/account/keys", data={"name": "Kindle", "purpose": purpose}).text)
    return key


def test_each_asks_for_the_version_it_knows(site: Site) -> None:
    shelve(site)
    program = site.program()
    thorium, koreader = "application/json,application/xml", f"{JSON}, {ATOM};q=0.9, */*;q=0.1"
    for accept, wanted in ((thorium, JSON), (koreader, JSON), ("*/*", ATOM), (ATOM, ATOM), ("text/xml", ATOM)):
        for path in ("/opds", "/opds/new"):
            answer = program.get(path, headers={"accept": accept})
            assert answer.headers["content-type"].partition(";")[0] == wanted, (accept, path)
            assert answer.headers["vary"] == "Accept, Accept-Language"
            assert "set-cookie" not in answer.headers
            assert "last-modified" in answer.headers
    again = program.get("/opds", headers={"accept": JSON, "if-none-match": program.get("/opds").headers["etag"]})
    assert again.status_code == 200
    head = program.head("/opds/new", headers={"accept": JSON})
    assert (head.status_code, head.content) == (200, b"")
    assert program.get("/opds", headers={"accept": "image/png"}).status_code == 406


def test_drafts_and_withdrawn_titles_are_in_no_feed(site: Site) -> None:
    shelve(site, "open", rules=[RuleKind.EVERYONE])
    shelve(site, "later", opens_at=clock.now() + timedelta(days=9))
    shelve(site, "secret-draft", state=State.DRAFT)
    shelve(site, "gone")
    shelve(site, "no-file", file=None)
    with site.portal.database.writing() as db:
        withdraw(db, "gone")
    program = site.program()
    for path in ("/opds/new", "/opds/kinds/report", "/opds/search?query=PAPER%20rivers"):
        found = {each["images"][0]["href"].split("/")[-1]: each for each in feed(program, path)["publications"]}
        assert set(found) == {"open.png", "later.png"}
        atom = program.get(path, headers={"accept": ATOM}).text
        assert not any(word in atom for word in ("secret-draft", "gone", "no-file"))
    opened, later = (found[name]["links"][0] for name in ("open.png", "later.png"))
    assert opened["rel"] == "http://opds-spec.org/acquisition/open-access"
    assert "authenticate" not in opened["properties"]
    assert later["rel"] == "http://opds-spec.org/acquisition"
    assert later["properties"]["availability"]["state"] == "unavailable"
    assert later["properties"]["authenticate"]["href"] == f"{site.url}/opds/authentication"
    assert program.get("/opds/new?after=secret-draft").status_code == 404
    assert "publications" not in feed(program, "/opds/kinds/monograph")
    assert program.get("/opds/kinds/nothing").status_code == 404


@pytest.mark.parametrize("words", ["%", "_", "\\", "x" * 10_000, "\x00", "' OR 1=1 --"])
def test_a_search_takes_words_as_they_are(site: Site, words: str) -> None:
    shelve(site)
    answer = site.program().get("/opds/search", params={"query": words}, headers={"accept": JSON})
    assert answer.status_code == 200
    assert ("publications" in answer.json()) is (words == "\x00")  # which is no word at all


def test_leaves_follow_one_another(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e_reading, "LEAF", 2)
    for number in range(5):
        shelve(site, f"title-{number}")
    program, path, seen = site.program(), "/opds/search?query=rivers", []
    while path:
        found = feed(program, path)
        seen += [each["links"][1]["href"].split("/")[-1] for each in found["publications"]]
        path = next((each["href"] for each in found["links"] if each["rel"] == "next"), "")
    assert seen == [f"title-{number}" for number in (4, 3, 2, 1, 0)]
    atom = ElementTree.fromstring(program.get("/opds/new", headers={"accept": ATOM}).content)
    assert any(each.get("rel") == "next" for each in atom.findall(f"{A}link"))


def test_koreader_downloads_with_a_key_as_the_password(site: Site) -> None:
    made, key, program = shelve(site), new_key(site), site.program()
    head = program.head(made.pdf, headers=basic(key))
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(made.file or b"")))
    answer = program.get(made.pdf, headers=basic(key), follow_redirects=True)
    assert answer.content == made.file
    with site.portal.database.reading() as db:
        assert db.exec(select(Event).where(Event.kind == EventKind.REQUEST)).all()
    found = feed_with(program, "/opds/mine", basic(key))
    assert found["publications"][0]["links"][0]["href"] == site.url + made.pdf
    assert program.get("/api/v1/titles", headers=basic(key)).status_code == 401
    assert program.post(f"{made.path}/tickets", headers=basic(key)).status_code == 401


def feed_with(client: httpx2.Client, path: str, headers: dict[str, str]) -> dict:
    answer = client.get(path, headers={**headers, "accept": JSON})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    return json.loads(answer.text)


@pytest.mark.parametrize("password", ["gf_" + "x" * 43, "gf_", "guessed", ""])
def test_a_wrong_password_opens_nothing(site: Site, password: str) -> None:
    made, program = shelve(site), site.program()
    for path in (made.pdf, "/opds/mine"):
        answer = program.get(path, headers=basic(password))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="Gatefold"'
    assert program.get("/opds", headers={"authorization": "Basic %%%", "accept": JSON}).status_code == 200
    opened = shelve(site, "open", rules=[RuleKind.EVERYONE])
    behind_a_proxy = program.get(opened.pdf, headers=basic("of-a-proxy"))
    assert behind_a_proxy.status_code == 200


def test_who_shows_nothing_is_told_how_to_sign_in(site: Site) -> None:
    made, program = shelve(site), site.program()
    refused = program.get(made.pdf)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert f'<{site.url}/opds/authentication>; rel="http://opds-spec.org/auth/document"' in refused.headers["link"]
    mine, document = program.get("/opds/mine"), program.get("/opds/authentication")
    assert mine.status_code == 401
    assert mine.headers["content-type"] == document.headers["content-type"] == "application/opds-authentication+json"
    assert mine.json() == document.json()
    assert document.json()["id"] == f"{site.url}/opds/authentication"
    assert {each["type"].rpartition("/")[2] for each in document.json()["authentication"]} == {"implicit", "basic"}


def test_thorium_comes_back_with_a_token_that_ends(site: Site) -> None:
    made, cleo, program = shelve(site), site.browser(), site.program()
    asked = cleo.get(SIGN_IN)
    assert asked.headers["location"].startswith("/sign-in?next=%2Fopds%2Fsign-in")
    sign_in(cleo, CLEO)
    page = cleo.get(SIGN_IN)
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
    assert 'value="s-1"' in page.text
    answer = cleo.post("/opds/sign-in", data={"state": "s-1"})
    way = urlsplit(answer.headers["location"])
    told = {name: values[0] for name, values in parse_qs(way.query).items()}
    assert (answer.status_code, f"{way.scheme}://{way.netloc}{way.path}") == (303, "opds://authorize/")
    assert (told["state"], told["token_type"], told["id"]) == ("s-1", "bearer", f"{site.url}/opds/authentication")
    token = {"authorization": f"Bearer {told['access_token']}"}
    assert program.get(made.pdf, headers=token, follow_redirects=True).content == made.file
    assert feed_with(program, "/opds/mine", token)["publications"]
    assert "For an e-reader." in cleo.get("/account/keys").text
    with clock.frozen(clock.now() + timedelta(days=keys.LIFE + 1)):
        assert program.get("/opds/mine", headers=token).status_code == 401


def test_only_an_e_reader_is_led_back_to(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for query in ("redirect_uri=https://evil.example/", "redirect_uri=opds://authorize.evil/", "response_type=code"):
        assert cleo.get(f"/opds/sign-in?{query}").status_code == 400
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        for answer in (cleo.get("/opds/sign-in"), cleo.post("/opds/sign-in")):
            assert answer.headers["location"].startswith("/account/sign-in-again")
    assert "E-reader, by sign-in" not in cleo.get("/account/keys").text
    foreign = cleo.post("/opds/sign-in", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
