"""Institutions whose members may be let in: how one is described, checked, and who belongs to it."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.asked import domain
from api.edge.network import address_of
from api.errors import Conflict, Invalid, NotFound
from api.spoken import N_
from api.tables import AccessKey, Audit, Institution, Rule, RuleKind, Title

LONGEST_NAME = 200  # characters
LONGEST_ISSUER = 500
MOST_ENTRIES = 200  # domains, or network ranges
NO_WAY = N_("Say how one belongs to it: by domain, by network or by the issuer of its sign-in.")
WIDEST = {4: 8, 6: 19}  # the shortest prefix of a range; nobody's house is larger
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ROR = re.compile(r"https://ror\.org/0([a-hj-km-np-tv-z0-9]{6})(\d{2})")
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class House:
    """An institution as an editor describes it."""

    slug: str
    name: str
    ror: str | None = None
    domains: Sequence[str] = ()
    networks: Sequence[str] = ()
    issuer: str | None = None


OF_HOUSE = (
    col(Institution.slug),
    col(Institution.name),
    col(Institution.ror),
    col(Institution.domains),
    col(Institution.networks),
    col(Institution.issuer),
)  # what a House is made of, in its order


def add(db: Db, house: House, by: int | None = None) -> Institution:
    """Keep an institution. Raises Invalid with the fault, Conflict where the slug is taken."""
    if db.exec(select(Institution).where(Institution.slug == house.slug)).first() is not None:
        raise Conflict(N_("There is an institution “{slug}” already.", slug=house.slug))
    _check_slug(house.slug)
    row = Institution(slug=house.slug, name="")
    _describe(row, house)
    db.add(row)
    _note(db, "added", house.slug, by)
    return row


def edit(db: Db, house: House, by: int | None = None) -> Institution:
    """Describe an institution anew; rules that name it count by the new description at once.

    Raises Invalid with the fault, NotFound where there is none of that slug.
    """
    row = find(db, house.slug, locked=True)
    _describe(row, house)
    db.add(row)
    _note(db, "edited", house.slug, by)
    return row


def remove(db: Db, slug: str, by: int | None = None) -> Institution:
    """Forget an institution, its librarians and the keys for its reports.

    Raises NotFound where there is none, Conflict while a title's rules name it.
    """
    row = find(db, slug, locked=True)
    titles = naming(db, slug)
    if titles:
        named = f"“{titles[0]}”" + (f" and {len(titles) - 1} more" if len(titles) > 1 else "")
        raise Conflict(f"The rules of {named} name “{slug}”; first change them with gatefold title access.")
    db.exec(sa.delete(AccessKey).where(col(AccessKey.institution) == slug))
    db.delete(row)
    _note(db, "removed", slug, by)
    return row


def naming(db: Db, slug: str) -> list[str]:
    """The slugs of the titles whose rules name an institution."""
    by_rule = (col(Rule.kind) == RuleKind.INSTITUTION) & (col(Rule.argument) == slug)
    titles = select(Title.slug).join(Rule, col(Rule.title_id) == col(Title.id)).where(by_rule)
    return list(db.exec(titles.distinct().order_by(col(Title.slug))).all())


def find(db: Db, slug: str, *, locked: bool = False) -> Institution:
    """The institution of that slug, `locked` so that it stays as it is to the end of the transaction, or NotFound."""
    named = select(Institution).where(Institution.slug == slug)
    row = db.exec(named.with_for_update() if locked else named).first()
    if row is None:
        raise NotFound(N_("There is no institution “{slug}”; gatefold institution add makes one.", slug=slug))
    return row


def all_of_them(db: Db) -> list[Institution]:
    return list(db.exec(select(Institution).order_by(col(Institution.slug))).all())


def of_issuers(db: Db, issuers: Iterable[str | None]) -> list[Institution]:
    """Those whose members sign in at one of these issuers."""
    return list(db.exec(select(Institution).where(col(Institution.issuer).in_({*issuers} - {None}))).all())


def belongs(house: House, *, issuers: Iterable[str], domains: Iterable[str], address: str | None) -> bool:
    """Whether someone known by these issuers and domains, asking from this address, is of the house."""
    if house.issuer is not None and house.issuer in issuers:
        return True
    if not set(house.domains).isdisjoint(domains):
        return True
    return _is_inside(house.networks, address)


def _note(db: Db, what: str, slug: str, by: int | None) -> None:
    db.add(Audit(actor_user_id=by, action=f"institution-{what}", object=f"institution {slug}"))


def tidied(house: House) -> House:
    """The house as it would be kept; what can't be kept stays as it is, for `faults_of` to find."""
    if faults_of(house):
        return house
    row = Institution(slug=house.slug, name="")
    _describe(row, house)
    return House(row.slug, row.name, row.ror, tuple(row.domains), tuple(row.networks), row.issuer)


def faults_of(house: House) -> dict[str, str]:
    """Every fault of a description, by the name of its field."""
    checks: dict[str, Callable[[], object]] = {
        "slug": lambda: _check_slug(house.slug),
        "name": lambda: _checked_name(house.name),
        "ror": lambda: house.ror and _checked_ror(house.ror),
        "domains": lambda: _each(house.domains, _checked_domain),
        "networks": lambda: _each(house.networks, _checked_network),
        "issuer": lambda: house.issuer and _checked_issuer(house.issuer),
    }
    faults = {}
    for field, check in checks.items():
        try:
            check()
        except Invalid as fault:
            faults[field] = fault.message
    if not faults and not _has_a_way(house):
        faults["domains"] = NO_WAY
    return faults


def _describe(row: Institution, house: House) -> None:
    row.name = _checked_name(house.name)
    if not _has_a_way(house):
        raise Invalid(NO_WAY)
    row.ror = _checked_ror(house.ror) if house.ror else None
    row.domains = _each(house.domains, _checked_domain)
    row.networks = _each(house.networks, _checked_network)
    row.issuer = _checked_issuer(house.issuer) if house.issuer else None


def _has_a_way(house: House) -> bool:
    return any(house.domains) or any(house.networks) or bool(house.issuer)


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 120:
        raise Invalid(N_("“{slug}” has to be lower-case letters, digits and single hyphens.", slug=slug))


def _checked_name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(N_("An institution needs a name of at most {longest} characters.", longest=LONGEST_NAME))
    return name


def _is_inside(networks: Sequence[str], address: str | None) -> bool:
    asking = address_of(address) if networks and address is not None else None
    return asking is not None and any(asking in ipaddress.ip_network(each) for each in networks)


def _each(given: Sequence[str], check: Callable[[str], str]) -> list[str]:
    if len(given) > MOST_ENTRIES:
        raise Invalid(N_("More than {most} domains or networks are more than one institution.", most=MOST_ENTRIES))
    return list(dict.fromkeys(check(each) for each in given if each))


def _checked_domain(given: str) -> str:
    found = domain(given)
    if found is None:
        raise Invalid(N_("“{given}” is not a domain such as example.edu.", given=given))
    return found


def _checked_network(given: str) -> str:
    try:
        network: Network = ipaddress.ip_network(given.strip())
    except ValueError as error:
        fault = N_("“{given}” is not a network range such as 192.0.2.0/24: {error}.", given=given, error=str(error))
        raise Invalid(fault) from error
    if network.prefixlen < WIDEST[network.version]:
        widest = WIDEST[network.version]
        raise Invalid(
            N_("“{given}” is wider than any institution; the widest range is a /{widest}.", given=given, widest=widest)
        )
    return str(network)


def _checked_issuer(given: str) -> str:
    try:
        parts = urlsplit(given)
    except ValueError as error:
        raise Invalid(N_("“{given}” is not an issuer such as https://id.example.edu.", given=given)) from error
    if not given.isascii() or not given.isprintable() or " " in given or len(given) > LONGEST_ISSUER:
        raise Invalid(
            N_("An issuer is an address of at most {longest} plain characters, without spaces.", longest=LONGEST_ISSUER)
        )
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise Invalid(N_("The issuer “{given}” has to begin with https://.", given=given))
    if not parts.hostname or parts.query or parts.fragment:
        raise Invalid(N_("“{given}” is not an issuer such as https://id.example.edu.", given=given))
    return given


def _checked_ror(given: str) -> str:
    """The identifier, if its last two digits check the others (ISO 7064, modulo 97-10, over base 32)."""
    found = _ROR.fullmatch(given.strip().lower())
    if found is None:
        raise Invalid(N_("“{given}” is not a ROR identifier such as https://ror.org/03yrm5c26.", given=given))
    number = 0
    for sign in found[1]:
        number = number * 32 + _ROR_DIGITS.index(sign)
    if 98 - number * 100 % 97 != int(found[2]):
        raise Invalid(
            N_("“{given}” is not a ROR identifier: its last two digits do not check the others.", given=given)
        )
    return found[0]
