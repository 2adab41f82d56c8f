"""Somebody made up to try a title's rules: nobody, someone who has just signed in, a member of an institution."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from api.access.institutions import House
from api.access.known import Known, Proven, Told
from api.access.policy import Reader
from api.tables import Role


@dataclass(frozen=True)
class Subject:
    """Whoever is tried, and in `taken_as` what is assumed of them, in words."""

    reader: Reader | None
    known: Known | None
    taken_as: str


NOBODY = Subject(None, None, "Somebody who is not signed in.")


def someone() -> Subject:
    """A reader of whom nothing speaks for them."""
    reader = _made_up()
    words = "Somebody signed in, on no list, without an address, iD or affiliation that a rule could count."
    return Subject(reader, Told(reader), words)


def member(house: House, issuers: Mapping[str, str | None]) -> Subject:
    """Somebody who belongs to an institution in every way by which it is described."""
    provider = next((each for each, issuer in issuers.items() if issuer and issuer == house.issuer), "")
    address = str(next(iter(ipaddress.ip_network(house.networks[0])))) if house.networks else None
    email = f"member@{house.domains[0]}" if house.domains else None
    reader = _made_up(provider, address)
    ways = (
        f"signed in at {house.issuer}" if house.issuer else "",
        f"with a verified address at {house.domains[0]}" if house.domains else "",
        f"asking from {address}" if address else "",
    )
    proven = Proven(provider, house.issuer or "", email, email is not None, None)
    words = f"A member of {house.name}: {', '.join(filter(None, ways))}."
    return Subject(reader, Told(reader, fresh=[proven]), words)


def person(reader: Reader, known: Known) -> Subject:
    """A real reader, by what is known of them at this moment."""
    name = f"{reader.name}, {reader.handle}" if reader.name else reader.handle
    words = f"{name}, by their last sign-ins. From where they would ask is not known."
    return Subject(reader, known, words)


def _made_up(provider: str = "", address: str | None = None) -> Reader:
    """No account has the number 0, so nothing that is kept speaks for them."""
    return Reader(0, "Somebody", Role.READER, provider or "example", "", "somebody", address)
