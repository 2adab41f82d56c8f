"""The staff and readers of these tests, each signed in, made in one stroke."""

from dataclasses import dataclass, field

import httpx2
import pytest

from api.settings import Settings
from api.signin import sessions
from api.tables import Identity, Role, User
from tests.cast import issuer
from tests.site import Site

ZOE, ADA, LIB, BEN, CLEO = "zoe", "ada", "lib", "ben", "cleo"
WHO = {
    ZOE: ("Zoë Admin", Role.ADMINISTRATOR),
    ADA: ("Ada Sample", Role.EDITOR),
    LIB: ("Lia Brarian", Role.LIBRARIAN),
    BEN: ("Ben Ärmel", Role.READER),
    CLEO: ("Cleo Specimen", Role.READER),
}


@dataclass
class House:
    """A portal and its people: their account numbers, and a browser for each that is signed in."""

    site: Site
    ids: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str | None) -> httpx2.Client:
        client = self.site.browser()
        if name is not None:
            client.cookies.set("gatefold", self.cookies[name])
        return client

    def page_of(self, name: str) -> str:
        return f"/desk/readers/{self.ids[name]}"

    def signed_in_again(self, name: str) -> httpx2.Client:
        """A session of its own, for who lost theirs."""
        with self.site.portal.database.writing() as db:
            identity = db.exec(Identity.__table__.select().where(Identity.user_id == self.ids[name])).first()
            self.cookies[name] = sessions.begin(db, self.site.portal.seal, db.get_one(Identity, identity.id))
        return self.browser(name)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"admins": (f"demo:{CLEO}",)})


@pytest.fixture
def house(site: Site) -> House:
    made = House(site)
    with site.portal.database.writing() as db:
        for subject, (name, role) in WHO.items():
            user = User(name=name, email=f"{subject}@example.org", role=role)
            identity = Identity(
                provider="demo", issuer=issuer(site), subject=subject, email=f"{subject}@Example.org", user=user
            )
            db.add(identity)
            db.flush()
            made.ids[subject] = identity.user_id
            made.cookies[subject] = sessions.begin(db, site.portal.seal, identity)
    return made
