"""What a reader does on the account page, step by step, over HTTP."""

from contextlib import AbstractContextManager
from datetime import timedelta

import httpx2
from sqlmodel import select

from api import clock
from api.tables import Identity, User
from tests.signin.hostile import Hostile
from tests.signin.travel import back_from
from tests.signin.twists import more
from tests.site import Site


def in_future(**length: float) -> AbstractContextManager[None]:
    return clock.frozen(clock.now() + timedelta(**length))


def sign_in_there(client: httpx2.Client, hostile: Hostile, subject: str, **claims: object) -> httpx2.Response:
    """Sign in with the second provider, as the person it calls `subject`."""
    hostile.twist("claims", more(sub=subject, **claims))
    answer = back_from(client, hostile)
    hostile.honest()
    return answer


def ask_to_connect(client: httpx2.Client) -> httpx2.Response:
    return client.post("/account/connections", data={"provider": "hostile"})


def connect(client: httpx2.Client, hostile: Hostile, subject: str, **claims: object) -> httpx2.Response:
    """From the account page to the second provider and back; the answer is the callback's."""
    asked = ask_to_connect(client)
    assert asked.status_code == 303, asked.text
    return come_back(client, hostile, asked.headers["location"], subject, **claims)


def come_back(client: httpx2.Client, hostile: Hostile, address: str, subject: str, **claims: object) -> httpx2.Response:
    hostile.twist("claims", more(sub=subject, **claims))
    answer = client.get("/sign-in/hostile/callback", params=hostile.sign_in(address))
    hostile.honest()
    return answer


def identities(site: Site) -> dict[str, int]:
    """Whose account each identity leads to, by `<provider>:<subject>`."""
    with site.portal.database.reading() as db:
        return {f"{each.provider}:{each.subject}": each.user_id for each in db.exec(select(Identity))}


def users(site: Site) -> list[User]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(User).order_by(User.id)).all())
