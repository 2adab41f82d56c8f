"""Who knocks: an editor, a listed reader, one who is signed in, one whose account is disabled, and nobody."""

from dataclasses import dataclass
from datetime import timedelta

import httpx2

from api import clock
from api.seal import new_secret
from api.signin import sessions
from api.tables import Edition, Identity, Role, Ticket, User
from tests.cast import ADA, BEN, CLEO, issuer
from tests.make import Made
from tests.site import Site

DAN, NOBODY = "dan", "nobody"
WHO = (ADA, BEN, CLEO, DAN, NOBODY)


@dataclass(frozen=True)
class Caller:
    """Someone with a cookie of their own (nobody has none)."""

    name: str
    user_id: int | None
    cookie: str | None

    def dressed(self, client: httpx2.Client) -> httpx2.Client:
        if self.cookie:
            client.cookies.set("gatefold", self.cookie)
        return client


def callers(site: Site) -> dict[str, Caller]:
    """All of them, each signed in before dan's account was disabled."""
    found = {NOBODY: Caller(NOBODY, None, None)}
    with site.portal.database.writing() as db:
        for name in (ADA, BEN, CLEO, DAN):
            user = User(name=name, role=Role.EDITOR if name == ADA else Role.READER)
            identity = Identity(provider="demo", issuer=issuer(site), subject=name, user=user)
            db.add(identity)
            db.flush()
            found[name] = Caller(name, user.id, sessions.begin(db, site.portal.seal, identity))
            user.disabled_at = clock.now() if name == DAN else None
    return found


def hand_ticket(site: Site, made: Made, user_id: int, uses: int = 50) -> str:
    """A link made for someone while they were still admitted; what has happened since is the test's affair."""
    secret = new_secret()
    with site.portal.database.writing() as db:
        edition = db.exec(Edition.__table__.select().where(Edition.title_id == made.id)).one()
        db.add(
            Ticket(
                digest=site.portal.seal.digest("ticket", secret),
                user_id=user_id,
                edition_id=edition.id,
                expires_at=clock.now() + timedelta(minutes=10),
                uses_left=uses,
            )
        )
    return f"/t/{secret}/{made.path.rpartition('/')[2]}.pdf"
