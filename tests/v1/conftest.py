"""Programs, with a reader's access key and without."""

from collections.abc import Callable

import httpx2
import pytest

from api import clock
from api.access import keys
from api.signin.people import Profile, recognise
from tests.cast import CLEO, issuer
from tests.site import Site

WithKey = Callable[..., httpx2.Client]


def new_key(site: Site, person: str = CLEO, days: int = 90) -> str:
    """A fresh key of someone who has signed in before."""
    with site.portal.database.writing() as db:
        identity = recognise(db, "demo", Profile(issuer(site), person, person.capitalize()))
        db.flush()
        return keys.make(db, site.portal.seal, identity.user_id, "a program", days, clock.now()).secret


@pytest.fixture
def with_key(site: Site) -> WithKey:
    def program(person: str = CLEO) -> httpx2.Client:
        client = site.program()
        client.headers["authorization"] = f"Bearer {new_key(site, person)}"
        return client

    return program
