"""Two hundred people sign in at the same time, and nobody becomes somebody else."""

import asyncio
import ipaddress
from urllib.parse import parse_qs, urlsplit

import httpx2
from sqlmodel import select

from api.settings import Settings
from api.tables import Attempt, Identity, Session
from tests.signin.hostile import Hostile
from tests.site import BROWSER, Site, served

PEOPLE = 200
AT_A_TIME = 8  # requests under way: who has to wait two seconds for the database is sent away
NOTHING_KEPT = httpx2.Limits(max_keepalive_connections=0)  # the portal closes what waits for its turn too long


def subject_of(nonce: str) -> str:
    """The provider makes a person of each nonce, so that each browser knows who it has to be."""
    return f"reader-{nonce[:16]}"


def test_two_hundred_sign_ins_mix_nothing_up(settings: Settings, hostile: Hostile) -> None:
    """Each from a network of its own, as a trusted proxy tells it; one network alone would have to wait."""
    given = {
        "providers": {"hostile": hostile.settings(label="Hostile House")},
        "trusted_proxies": (ipaddress.ip_network("127.0.0.1/32"),),
    }
    with served(settings.model_copy(update=given)) as site:
        all_come_to(site, hostile)


def all_come_to(site: Site, hostile: Hostile) -> None:
    hostile.twist("claims", lambda claims: claims | {"sub": subject_of(claims["nonce"])})

    turn = asyncio.Semaphore(AT_A_TIME)

    async def come(number: int) -> tuple[str, str]:
        headers = BROWSER | {"x-forwarded-for": f"198.18.{number}.1"}
        async with httpx2.AsyncClient(
            base_url=site.url, headers=headers, timeout=60, verify=False, limits=NOTHING_KEPT
        ) as client:
            async with turn:
                started = await client.post("/sign-in/hostile", data={"next": f"/account?number={number}"})
            assert started.status_code == 303, started.text
            address = started.headers["location"]
            async with turn:
                came = await client.get("/sign-in/hostile/callback", params=hostile.sign_in(address))
            assert (came.status_code, came.headers.get("location")) == (303, f"/account?number={number}"), came.text
            async with turn:
                page = await client.get("/account")
            return subject_of(parse_qs(urlsplit(address).query)["nonce"][0]), page.text

    async def all_come() -> list[tuple[str, str]]:
        return await asyncio.gather(*(come(number) for number in range(PEOPLE)))

    found = asyncio.run(all_come())
    subjects = {subject for subject, _ in found}
    assert len(subjects) == PEOPLE
    for subject, page in found:
        assert f"hostile:{subject}" in page
        assert page.count("hostile:reader-") == page.count(f"hostile:{subject}")
    with site.portal.database.reading() as db:
        assert {identity.subject for identity in db.exec(select(Identity))} == subjects
        assert len({session.user_id for session in db.exec(select(Session))}) == PEOPLE
        assert db.exec(select(Attempt)).all() == []
