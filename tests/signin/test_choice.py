"""The choice of accounts: what each shares, the one used last time, the one that is down, and whom to ask."""

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings
from api.signin import reader
from api.signin.reader import LAST
from tests.cast import pick_person, sign_in
from tests.signin.hostile import Hostile
from tests.signin.travel import back_from, cookies_of, start
from tests.site import Site, served

TAG = "Used last time"


def names(page: httpx2.Response) -> list[str]:
    """The accounts on offer, in their order."""
    assert page.status_code == 200
    return [piece.partition("</b>")[0] for piece in page.text.split("<b>")[1:]]


def test_the_account_used_last_time_is_marked_and_first(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    before = client.get("/sign-in")
    assert names(before) == ["Example Sign-in", "Example University", "Hostile House"]
    assert TAG not in before.text
    finished = back_from(client, hostile)
    assert cookies_of(finished)[LAST].value == "hostile"
    client.post("/sign-out")
    after = client.get("/sign-in")
    assert names(after) == ["Hostile House", "Example Sign-in", "Example University"]
    assert after.text.count(TAG) == 1
    assert TAG in after.text.partition("</li>")[0]
    sign_in(client, "cleo")
    client.post("/sign-out")
    assert names(client.get("/sign-in")) == ["Example Sign-in", "Example University", "Hostile House"]


def test_the_mark_is_a_cookie_for_the_choice_alone(site: Site) -> None:
    client = site.browser()
    started = client.post("/sign-in/demo", data={"next": "/"})
    chosen = pick_person(client, started.headers["location"], "cleo")
    cookie = cookies_of(client.get(chosen.headers["location"]))[LAST]
    assert (cookie.value, cookie["path"], cookie["samesite"], cookie["max-age"]) == (
        "demo",
        "/sign-in",
        "lax",
        "31536000",
    )
    assert cookie["httponly"]
    assert not cookie["secure"]  # http on localhost
    assert cookie["domain"] == ""
    assert client.get("/account").request.headers["cookie"].count(LAST) == 0
    client.post("/sign-out")
    assert client.get("/sign-in").request.headers["cookie"] == f"{LAST}=demo"


def test_it_is_set_only_when_a_sign_in_finishes(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    start(client, "hostile")
    client.get("/sign-in/hostile/callback", params={"state": "x", "code": "y"})
    assert TAG not in client.get("/sign-in").text


@pytest.mark.parametrize("value", ["", "nobody", "Hostile", "<script>", "demo%00", "x" * 4000])
def test_what_is_no_provider_marks_nothing(guarded: Site, value: str) -> None:
    page = guarded.browser().get("/sign-in", headers={"cookie": f"{LAST}={value}"})
    assert names(page) == ["Example Sign-in", "Example University", "Hostile House"]
    assert TAG not in page.text
    assert "<script>" not in page.text.partition("<main")[2]


def test_over_https_its_name_can_not_be_planted_from_http() -> None:
    https = Settings(
        _env_file=None, public_url="https://books.example.org", secret_key="k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"
    )
    response = Response()
    reader.set_last_provider(response, https, "campus")
    line = response.headers["set-cookie"]
    assert line.startswith("__Secure-gatefold-last-provider=campus;")
    parts = {part.strip().lower() for part in line.split(";")[1:]}
    assert parts == {"secure", "httponly", "samesite=lax", "path=/sign-in", "max-age=31536000"}
    for name, known in ((LAST, ""), (f"__Secure-{LAST}", "campus")):
        request = Request({"type": "http", "headers": [(b"cookie", f"{name}=campus".encode())]})
        assert reader.last_provider(request, https) == known


ACCOUNTS = {
    "google": ("Google", "Shares your name and email address"),
    "orcid": ("ORCID", "Shares your name and ORCID iD"),
    "github": ("GitHub", "Shares your username and email address"),
    "microsoft": ("Microsoft", "Work or school account. Shares your name and email address"),
}


def choice_of(settings: Settings, **given: object) -> str:
    changed = Settings.model_validate(settings.model_dump() | {"demo": False} | given)
    with served(changed) as site:
        return site.browser().get("/sign-in").text


def test_each_account_says_what_it_shares(settings: Settings) -> None:
    client = {"client_id": "x", "client_secret": "y"}
    kinds = {kind: {"kind": kind, **client} for kind in ACCOUNTS}
    kinds["microsoft"]["tenant"] = "example.edu"
    page = choice_of(settings, providers=kinds)
    for kind, (label, words) in ACCOUNTS.items():
        item = page.partition(f'action="/sign-in/{kind}"')[2].partition("</li>")[0]
        assert f"<b>{label}</b>" in item
        assert f">{words}<" in item
    assert "We ask for your name and an email address or ORCID iD, nothing else." in page
    del kinds["orcid"]
    assert "We ask for your name and an email address, nothing else." in choice_of(settings, providers=kinds)


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        (None, "None of these is yours? Ask the press how else you can read."),
        ("books@example.org", '<a class="link" href="mailto:books@example.org">books@example.org</a>.'),
        ("https://example.org/ask", '<a class="link" href="https://example.org/ask">example.org/ask</a>.'),
    ],
)
def test_who_has_no_such_account_is_told_whom_to_ask(settings: Settings, contact: str | None, words: str) -> None:
    assert words in choice_of(settings, demo=True, contact=contact)
