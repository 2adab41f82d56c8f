"""The demo's provider is a real one: it checks proof, client, address and use, and stays on loopback."""

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.seal import new_secret
from api.signin.devpeople import EXAMPLE_SIGN_IN
from api.signin.devprovider import CLIENT_ID, DemoProvider
from api.signin.devserver import CODE_LIFETIME
from api.tables import Identity
from tests.cast import pick_person, sign_in
from tests.patience import PATIENCE
from tests.site import Site


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


@pytest.fixture
def client(site: Site) -> httpx2.Client:
    return site.browser()


@pytest.fixture
def verifier() -> str:
    return new_secret()


def asked(site: Site, verifier: str, **changes: str | None) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    parameters = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{site.url}/sign-in/demo/callback",
        "scope": "openid profile email",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | changes
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{site.url}/demo-provider/authorize?{urlencode(given)}"


def picked(site: Site, client: httpx2.Client, verifier: str, person: str = "ada") -> str:
    answer = pick_person(client, asked(site, verifier), person)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["the-state"]
    assert query["iss"] == [f"{site.url}/demo-provider"]
    return query["code"][0]


def exchange(site: Site, code: str, verifier: str | None, **changes: str) -> httpx2.Response:
    secret = site.portal.settings.providers["demo"].client_secret.get_secret_value()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{site.url}/sign-in/demo/callback",
        "code_verifier": verifier,
    }
    given = {name: value for name, value in (form | changes).items() if value is not None and name != "secret"}
    with httpx2.Client(verify=False, timeout=PATIENCE) as program:
        return program.post(
            f"{site.url}/demo-provider/token", data=given, auth=(CLIENT_ID, changes.get("secret", secret))
        )


def test_a_code_and_its_proof_give_tokens(site: Site, client: httpx2.Client, verifier: str) -> None:
    answer = exchange(site, picked(site, client, verifier), verifier)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["id_token"].count(".") == 2
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    told = client.get("/demo-provider/userinfo", headers=bearer).json()
    assert (told["sub"], told["name"]) == ("ada", "Ada Sample")


def test_the_metadata_names_itself(site: Site, client: httpx2.Client) -> None:
    document = client.get("/demo-provider/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{site.url}/demo-provider"
    keys = client.get("/demo-provider/jwks").json()["keys"]
    assert not any("d" in key or "p" in key for key in keys)


def test_the_page_names_three_people_and_a_way_back(site: Site, client: httpx2.Client, verifier: str) -> None:
    page = client.get(asked(site, verifier))
    assert page.status_code == 200
    for name in ("Ada Sample", "Ben Example", "Cleo Specimen"):
        assert name in page.text
    assert "error=access_denied" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_code_works_once(site: Site, client: httpx2.Client, verifier: str) -> None:
    code = picked(site, client, verifier)
    assert exchange(site, code, verifier).status_code == 200
    assert exchange(site, code, verifier).json()["error"] == "invalid_grant"


def test_a_code_ends(site: Site, client: httpx2.Client, verifier: str) -> None:
    code = picked(site, client, verifier)
    with clock.frozen(clock.now() + CODE_LIFETIME):
        assert exchange(site, code, verifier).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("proof", [None, "v" * 43, "short"])
def test_without_the_right_proof_there_are_no_tokens(
    site: Site, client: httpx2.Client, verifier: str, proof: str | None
) -> None:
    code = picked(site, client, verifier)
    assert exchange(site, code, proof).status_code == 400
    assert exchange(site, code, verifier).status_code == 400  # the code is gone with the first try


def test_a_wrong_client_secret_is_refused(site: Site, client: httpx2.Client, verifier: str) -> None:
    code = picked(site, client, verifier)
    assert exchange(site, code, verifier, secret="wrong").status_code == 401


def test_another_redirect_address_is_refused(site: Site, client: httpx2.Client, verifier: str) -> None:
    code = picked(site, client, verifier)
    assert exchange(site, code, verifier, redirect_uri=f"{site.url}/elsewhere").status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": None},
        {"client_id": "someone-else"},
        {"client_id": None},
    ],
)
def test_a_stranger_is_sent_nowhere(
    site: Site, client: httpx2.Client, verifier: str, changes: dict[str, str | None]
) -> None:
    answer = client.get(asked(site, verifier, **changes))
    assert answer.status_code in (400, 401)
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"nonce": None},
        {"response_type": "token"},
    ],
)
def test_a_request_without_its_safeguards_goes_back_with_an_error(
    site: Site, client: httpx2.Client, verifier: str, changes: dict[str, str | None]
) -> None:
    answer = client.get(asked(site, verifier, **changes))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{site.url}/sign-in/demo/callback?")
    assert "error=" in answer.headers["location"]


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer unknown", "Basic x"])
def test_userinfo_is_for_holders_of_a_token(client: httpx2.Client, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    assert client.get("/demo-provider/userinfo", headers=headers).status_code == 401


@pytest.mark.parametrize("url", ["https://books.example.org", "http://192.168.1.4:8000", "http://localhost.evil.test"])
def test_it_refuses_to_live_anywhere_but_on_loopback(site: Site, url: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        DemoProvider(EXAMPLE_SIGN_IN, url, site.portal.pages)


def test_the_second_house_knows_ada_by_another_account(site: Site) -> None:
    """The same name and address, so that linking can be tried; until then they are two people."""
    sign_in(site.browser(), "ada")
    client = site.browser()
    started = client.post("/sign-in/demo-campus", data={"next": "/account"})
    assert started.headers["location"].startswith(f"{site.url}/demo-campus/authorize?")
    page = client.get(started.headers["location"]).text
    assert "<title>Example University</title>" in page
    assert "Example Sign-in" not in page
    assert "Cleo Specimen" not in page
    chosen = pick_person(client, started.headers["location"], "u-1815")
    assert client.get(chosen.headers["location"]).status_code == 303
    assert "demo-campus:u-1815" in client.get("/account").text
    with site.portal.database.reading() as db:
        adas = db.exec(select(Identity)).all()
    assert {(ada.issuer, ada.subject) for ada in adas} == {
        (f"{site.url}/demo-provider", "ada"),
        (f"{site.url}/demo-campus", "u-1815"),
    }
    assert {(ada.email, ada.email_verified) for ada in adas} == {("ada@example.org", True)}
    assert len({ada.user_id for ada in adas}) == 2


def test_a_code_of_one_house_is_worth_nothing_at_the_other(site: Site, client: httpx2.Client, verifier: str) -> None:
    code = picked(site, client, verifier)
    campus = site.portal.settings.providers["demo-campus"].client_secret.get_secret_value()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{site.url}/sign-in/demo/callback",
        "code_verifier": verifier,
    }
    answer = client.post("/demo-campus/token", data=form, auth=(CLIENT_ID, campus))
    assert answer.json()["error"] == "invalid_grant"
    assert exchange(site, code, verifier).status_code == 200


def test_who_shares_no_address_has_none(site: Site) -> None:
    client = site.browser()
    started = client.post("/sign-in/demo-campus", data={"next": "/account"})
    chosen = pick_person(client, started.headers["location"], "u-1931")
    assert client.get(chosen.headers["location"]).status_code == 303
    with site.portal.database.reading() as db:
        eli = db.exec(select(Identity)).one()
    assert (eli.subject, eli.email, eli.email_verified) == ("u-1931", None, False)
