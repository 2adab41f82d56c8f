"""The people of the tests, and how one of them signs in: ada (editor), ben (has a grant), cleo, nobody."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from api.tables import Identity, Role, User
from tests.site import Site

ADA, BEN, CLEO = "ada", "ben", "cleo"


def issuer(site: Site) -> str:
    return f"{site.url}/demo-provider"


def make_editor(site: Site, subject: str = ADA) -> None:
    """Give a person the role of editor before they first come."""
    with site.portal.database.writing() as db:
        user = User(name="Ada Sample", role=Role.EDITOR)
        user.identities.append(Identity(provider="demo", issuer=issuer(site), subject=subject))
        db.add(user)


def sign_in(client: httpx2.Client, person: str, next_path: str = "/") -> httpx2.Response:
    """Through the choice page, the demo provider and back; the answer is the callback's."""
    started = client.post("/sign-in/demo", data={"next": next_path})
    assert started.status_code == 303, started.text
    chosen = pick_person(client, started.headers["location"], person)
    assert chosen.status_code == 303, chosen.text
    return client.get(chosen.headers["location"])


def pick_person(client: httpx2.Client, provider_address: str, person: str) -> httpx2.Response:
    page = client.get(provider_address)
    assert page.status_code == 200, page.text
    form = Forms.of(page.text)[0]
    return client.post(urljoin(provider_address, form.action), data=form.fields | {"person": person})


class Form:
    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, str] = {}


class Forms(HTMLParser):
    """The forms of a page with their hidden fields, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False

    @classmethod
    def of(cls, html: str) -> list[Form]:
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
            self._open = True
        elif tag == "input" and self._open and given.get("type") == "hidden":
            self.found[-1].fields[given["name"] or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
