"""What the journal of a running portal has written, and a person's browser with a name of its own."""

from collections.abc import Callable, Sequence

import httpx2
import pytest
from sqlmodel import col, select

from api.tables import Event, EventKind
from tests.cast import CLEO, sign_in
from tests.make import Made, shelve
from tests.site import BROWSER, Site

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
Events = Callable[..., Sequence[Event]]


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


@pytest.fixture
def events(site: Site) -> Events:
    """All events so far, or those of some kinds, in the order they were written."""

    def events(*kinds: EventKind) -> Sequence[Event]:
        site.settle()
        site.portal.journal.flush()
        with site.portal.database.reading() as db:
            found = select(Event).order_by(col(Event.id))
            return db.exec(found.where(col(Event.kind).in_(kinds)) if kinds else found).all()

    return events


def person(site: Site, agent: str = CHROME) -> httpx2.Client:
    """A browser that says what a person's browser says."""
    client = site.browser()
    client.headers["user-agent"] = agent
    return client


def signed_in(site: Site, who: str = CLEO, agent: str = CHROME) -> httpx2.Client:
    client = person(site, agent)
    sign_in(client, who)
    return client


def link_of(client: httpx2.Client, made: Made) -> str:
    """A fresh time-limited link, as a path."""
    answer = client.post(f"{made.path}/tickets", headers=BROWSER | {"accept": "application/json"})
    assert answer.status_code == 201, answer.text
    return "/t/" + str(answer.json()["url"]).partition("/t/")[2]
