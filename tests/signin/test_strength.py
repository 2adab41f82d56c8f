"""Where the press wants it, the desk opens only to a sign-in that its provider calls strong; readers notice nothing."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from fastapi.routing import iter_route_contexts
from starlette.responses import JSONResponse
from starlette.routing import Mount

from api import clock
from api.access import keys
from api.settings import Settings
from api.tables import Identity, MergeOffer, Role, RuleKind, Session, State, Title, User
from tests.account.moves import come_back, sign_in_there
from tests.cast import ADA, pick_person, sign_in
from tests.make import shelve
from tests.signin.hostile import Hostile
from tests.site import Site, served

GOLD, SILVER = "https://id.example.org/gold", "https://id.example.org/silver"
SLUG, AGAIN = "lakes", "/account/sign-in-again?next=%2Fdesk"


@pytest.fixture
def strict(settings: Settings, hostile: Hostile) -> Iterator[Site]:
    """A portal that wants a strong sign-in of its staff, by the one of its two providers that has such a thing."""
    given = hostile.settings(label="Hostile House", staff_acr=f"{GOLD} {SILVER}")
    with served(settings.model_copy(update={"providers": {"hostile": given}})) as site:
        yield site


def works_here(site: Site, issuer: str, subject: str = "editor", role: Role = Role.EDITOR) -> None:
    with site.portal.database.writing() as db:
        user = User(name="Edith", role=role)
        user.identities.append(Identity(provider="hostile", issuer=issuer, subject=subject))
        db.add(user)


def desk(client: httpx2.Client) -> tuple[int, str]:
    answer = client.get("/desk")
    return answer.status_code, answer.headers.get("location", "")


def asked_again(client: httpx2.Client) -> dict[str, list[str]]:
    """What the provider is asked when this reader signs in again, and the address at which it is."""
    started = client.post("/account/sign-in-again", data={"provider": "hostile", "next": "/desk"})
    address = started.headers["location"]
    return {**parse_qs(urlsplit(address).query), "address": [address]}


@pytest.mark.parametrize("context", [GOLD, SILVER])
def test_staff_prove_themselves_once_and_work_on(strict: Site, hostile: Hostile, context: str) -> None:
    works_here(strict, hostile.issuer)
    editor = strict.browser()
    sign_in_there(editor, hostile, "editor")
    assert 'href="/desk"' in editor.get("/account").text
    assert desk(editor) == (303, AGAIN)
    page = editor.get(AGAIN).text
    assert "such as one with a second factor: by Hostile House." in page
    asked = asked_again(editor)
    assert asked["acr_values"] == [f"{GOLD} {SILVER}"]
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    back = come_back(editor, hostile, asked["address"][0], "editor", acr=context)
    assert (back.status_code, back.headers["location"]) == (303, "/desk")
    assert desk(editor) == (200, "")


def test_a_provider_that_says_so_by_itself_is_believed_at_once(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer)
    editor = strict.browser()
    sign_in_there(editor, hostile, "editor", acr=GOLD)
    assert desk(editor) == (200, "")


def test_what_is_not_the_word_itself_opens_nothing(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer)
    editor = strict.browser()
    sign_in_there(editor, hostile, "editor")
    before = editor.cookies["gatefold"]
    for acr in ("bronze", f"{GOLD} {SILVER}", "", [GOLD], True, None, {"value": GOLD}, GOLD.upper(), 7):
        back = come_back(editor, hostile, asked_again(editor)["address"][0], "editor", acr=acr)
        assert back.status_code in (400, 502), acr
        assert "Hostile House" in back.text
        assert editor.cookies["gatefold"] == before
        assert desk(editor) == (303, AGAIN)


def test_only_the_signed_token_tells(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer)
    editor = strict.browser()
    hostile.twist("userinfo", lambda info: JSONResponse({**info, "sub": "editor", "name": "Edith", "acr": GOLD}))
    hostile.twist(
        "claims", lambda claims: {name: value for name, value in claims.items() if name != "name"} | {"sub": "editor"}
    )
    callback = hostile.sign_in(editor.post("/sign-in/hostile", data={"next": "/"}).headers["location"])
    assert editor.get("/sign-in/hostile/callback", params=callback).status_code == 303
    assert hostile.served["userinfo"] == 1, "it was not asked, so this would prove nothing"
    assert desk(editor) == (303, AGAIN)


def test_until_then_staff_are_readers_everywhere(strict: Site, hostile: Hostile) -> None:
    draft = shelve(strict, SLUG, rules=[RuleKind.EVERYONE])
    works_here(strict, hostile.issuer, role=Role.ADMINISTRATOR)
    with strict.portal.database.writing() as db:
        db.exec(sa.update(Title).values(state=State.DRAFT))
        user_id = db.exec(sa.select(User.id).where(User.name == "Edith")).scalar_one()
        key = keys.make(db, strict.portal.seal, user_id, "a program", 90, clock.now()).secret
    boss = strict.browser()
    sign_in_there(boss, hostile, "editor")
    for path in ("/desk/audit", "/desk/readers", f"/desk/titles/{SLUG}", "/sign-in/hostile/trial"):
        assert boss.get(path).headers["location"] == AGAIN, path
    assert boss.post("/account/connections", data={"provider": "hostile"}).headers["location"].endswith("%23ways")
    assert boss.post("/account/disconnections", data={"identity": "1"}).headers["location"].endswith("%23ways")
    assert boss.get(draft.path).status_code == 404
    shown = {"authorization": f"Bearer {key}"}
    assert strict.program().get(f"/api/v1/titles/{SLUG}", headers=shown).status_code == 404
    refused = strict.program().get("/desk", headers={"cookie": f"gatefold={boss.cookies['gatefold']}"})
    assert refused.status_code == 403
    assert "The desk needs a sign-in that its provider calls a strong one." in refused.json()["detail"]
    come_back(boss, hostile, asked_again(boss)["address"][0], "editor", acr=GOLD)
    assert boss.get(draft.path).status_code == 200
    assert strict.program().get(f"/api/v1/titles/{SLUG}", headers=shown).status_code == 404, "a key proves nothing"


def test_no_address_of_the_desk_is_left_out(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer, role=Role.ADMINISTRATOR)
    boss, asked = strict.browser(), 0
    sign_in_there(boss, hostile, "editor")
    for route in iter_route_contexts(strict.app.routes):
        if not isinstance(route.original_route, Mount) and route.path.startswith("/desk"):
            for method in route.methods - {"HEAD"}:
                answer = boss.request(method, re.sub(r"\{\w+(:\w+)?\}", "1", route.path))
                sent_away = (answer.status_code, answer.headers.get("location")) == (303, AGAIN)
                assert sent_away or answer.status_code in (404, 422), (method, route.path, answer.status_code)
                asked += sent_away
    assert asked > 100


def test_a_provider_without_such_a_word_is_no_way_round(strict: Site, hostile: Hostile) -> None:
    """Nor is the same word from a provider for which it was not agreed."""
    works_here(strict, f"{strict.url}/demo-provider", ADA)
    ada = strict.browser()
    sign_in(ada, ADA)
    with strict.portal.database.writing() as db:
        db.exec(sa.update(Session).values(context=GOLD))
    assert desk(ada) == (303, AGAIN)


def test_nobody_gets_to_the_desk_by_connecting_a_strong_account_of_their_own(strict: Site, hostile: Hostile) -> None:
    """Whoever has taken over one weak account of an editor has a strong one of their own."""
    works_here(strict, f"{strict.url}/demo-provider", ADA)
    thief = strict.browser()
    sign_in_there(thief, hostile, "thief", acr=GOLD)
    address = thief.post("/account/connections", data={"provider": "demo"}).headers["location"]
    callback = pick_person(thief, address, ADA).headers["location"]
    refused = thief.get(callback)
    assert (refused.status_code, "does not call this a strong sign-in" in refused.text) == (400, True)
    with strict.portal.database.reading() as db:
        assert db.exec(sa.select(sa.func.count()).select_from(MergeOffer)).scalar_one() == 0

    ada = strict.browser()
    sign_in(ada, ADA)
    answer = ada.post("/account/connections", data={"provider": "hostile"})
    assert answer.headers["location"] == "/account/sign-in-again?next=%2Faccount%23ways"


def test_an_editor_makes_one_account_of_two_by_two_strong_sign_ins(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer)
    works_here(strict, hostile.issuer, "second")
    editor = strict.browser()
    sign_in_there(editor, hostile, "editor", acr=GOLD)
    for acr, status in (("bronze", 400), (GOLD, 303)):
        started = editor.post("/account/connections", data={"provider": "hostile"})
        assert parse_qs(urlsplit(started.headers["location"]).query)["acr_values"] == [f"{GOLD} {SILVER}"]
        assert come_back(editor, hostile, started.headers["location"], "second", acr=acr).status_code == status


def test_a_session_that_became_weak_on_the_way_connects_nothing(strict: Site, hostile: Hostile) -> None:
    works_here(strict, hostile.issuer)
    editor = strict.browser()
    sign_in_there(editor, hostile, "editor", acr=GOLD)
    started = editor.post("/account/connections", data={"provider": "hostile"})
    with strict.portal.database.writing() as db:
        db.exec(sa.update(Session).values(context="bronze"))
    assert come_back(editor, hostile, started.headers["location"], "another", acr=GOLD).status_code == 400
    with strict.portal.database.reading() as db:
        assert db.exec(sa.select(sa.func.count()).select_from(Identity)).scalar_one() == 1


def test_a_session_from_before_proves_nothing(settings: Settings, hostile: Hostile) -> None:
    then = settings.model_copy(update={"providers": {"hostile": hostile.settings(label="Hostile House")}})
    with served(then) as site:
        works_here(site, hostile.issuer)
        editor = site.browser()
        sign_in_there(editor, hostile, "editor")
        assert desk(editor) == (200, "")
        assert "acr_values" not in asked_again(editor)
        cookie = editor.cookies["gatefold"]
    now = settings.model_copy(update={"providers": {"hostile": hostile.settings(label="H", staff_acr=GOLD)}})
    with served(now) as site:
        editor = site.browser()
        editor.cookies.set("gatefold", cookie)
        assert desk(editor) == (303, AGAIN)


def test_readers_are_asked_for_nothing_more(strict: Site, hostile: Hostile) -> None:
    reader = strict.browser()
    sign_in_there(reader, hostile, "reader")
    assert "acr_values" not in asked_again(reader)
    assert 'href="/desk"' not in reader.get("/account").text
    assert desk(reader) == (404, "")
    back = come_back(reader, hostile, asked_again(reader)["address"][0], "reader")
    assert back.status_code == 303
