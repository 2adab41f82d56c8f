"""The steps of a browser on its way to a provider and back, and what a refusal has to look like."""

from http.cookies import SimpleCookie

import httpx2
from sqlmodel import select

from api.tables import Session
from tests.signin.hostile import Hostile
from tests.site import Site


def start(client: httpx2.Client, provider: str = "demo", next_path: str = "/account") -> str:
    answer = client.post(f"/sign-in/{provider}", data={"next": next_path})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back_from(client: httpx2.Client, hostile: Hostile, **given: str) -> httpx2.Response:
    callback = hostile.sign_in(start(client, "hostile")) | given
    return client.get("/sign-in/hostile/callback", params=callback)


def sessions_kept(site: Site) -> int:
    with site.portal.database.reading() as db:
        return len(db.exec(select(Session)).all())


def assert_refused(site: Site, answer: httpx2.Response, status: int = 400) -> None:
    assert answer.status_code == status
    assert "Try again" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    assert sessions_kept(site) == 0


def cookies_of(answer: httpx2.Response) -> SimpleCookie:
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar
