"""The demo's houses, which vouch for people, and the example people each of them knows."""

from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import UserInfo

from api.spoken import N_


@dataclass(frozen=True)
class Person:
    """An example person, and in `about` who they are to the press."""

    subject: str
    name: str
    email: str | None
    about: str
    affiliations: tuple[str, ...] = ()  # what the person is, at which house

    def claims(self, scope: str) -> dict[str, Any]:
        known = UserInfo(sub=self.subject, name=self.name)
        if self.email is not None:
            known |= {"email": self.email, "email_verified": True}
        vouched = {"eduperson_scoped_affiliation": list(self.affiliations)} if self.affiliations else {}
        return dict(known.filter(scope)) | vouched


@dataclass(frozen=True)
class House:
    """One demo provider: its id in addresses, where it is mounted, what it calls itself, and whom it knows."""

    provider_id: str
    path: str
    name: str
    people: tuple[Person, ...]

    def issuer(self, public_url: str) -> str:
        return f"{public_url}{self.path}"


BEN_IS = ("member@university.example", "faculty@university.example")
PEOPLE = (
    Person("ada", "Ada Sample", "ada@example.org", N_("Editor of this press")),
    Person(
        "ben", "Ben Example", "ben@example.org", N_("Reader, on the list of a title that names its readers"), BEN_IS
    ),
    Person("cleo", "Cleo Specimen", "cleo@example.org", N_("Reader with an account and nothing more")),
)
CAMPUS_PEOPLE = (
    Person("u-1815", "Ada Sample", "ada@example.org", N_("Staff; the same Ada, with another account")),
    Person("u-1931", "Eli Placeholder", None, N_("Student, whose account shares no email address")),
)
EXAMPLE_SIGN_IN = House("demo", "/demo-provider", "Example Sign-in", PEOPLE)
EXAMPLE_UNIVERSITY = House("demo-campus", "/demo-campus", "Example University", CAMPUS_PEOPLE)
HOUSES = (EXAMPLE_SIGN_IN, EXAMPLE_UNIVERSITY)
