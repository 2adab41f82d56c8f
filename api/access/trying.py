"""Somebody made up to try a title's rules: nobody, someone who has just signed in, a member of an institution."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from api.access.institutions import House
from api.access.known import Known, Proven, Told
from api.access.policy import Reader
from api.spoken import N_, told
from api.tables import Role


@dataclass(frozen=True)
class Subject:
    """Whoever is tried, and in `taken_as` what is assumed of them, in words."""

    reader: Reader | None
    known: Known | None
    taken_as: str


NOBODY = Subject(None, None, N_("Somebody who is not signed in."))


def someone() -> Subject:
    """A reader of whom nothing speaks for them."""
    reader = _made_up()
    words = N_("Somebody signed in, on no list, without an address, iD or affiliation that a rule could count.")
    return Subject(reader, Told(reader), words)


def member(house: House, issuers: Mapping[str, str | None]) -> Subject:
    """Somebody who belongs to an institution in every way by which it is described."""
    provider = next((each for each, issuer in issuers.items() if issuer and issuer == house.issuer), "")
    address = str(next(iter(ipaddress.ip_network(house.networks[0])))) if house.networks else None
    email = f"member@{house.domains[0]}" if house.domains else None
    reader = _made_up(provider, address)
    ways: list[str] = []
    if house.issuer:
        ways.append(N_("signed in at {issuer}", issuer=house.issuer))
    if house.domains:
        ways.append(N_("with a verified address at {domain}", domain=house.domains[0]))
    if address:
        ways.append(N_("asking from {address}", address=address))
    proven = Proven(provider, house.issuer or "", email, email is not None, None)
    words = N_("A member of {house}: {ways}.", house=house.name, ways=lambda: ", ".join(map(told, ways)))
    return Subject(reader, Told(reader, fresh=[proven]), words)


def person(reader: Reader, known: Known) -> Subject:
    """A real reader, by what is known of them at this moment."""
    name = f"{reader.name}, {reader.handle}" if reader.name else reader.handle
    words = N_("{name}, by their last sign-ins. From where they would ask is not known.", name=name)
    return Subject(reader, known, words)


def _made_up(provider: str = "", address: str | None = None) -> Reader:
    """No account has the number 0, so nothing that is kept speaks for them."""
    return Reader(0, N_("Somebody"), Role.READER, provider or "example", "", "somebody", address)
