"""A list of readers as a CSV file: read line by line, and put on a title's list with a word on each line."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.asked import normal_address
from api.access.invitations import invited
from api.access.known import VOUCHED_FOR
from api.database import hold
from api.errors import Invalid
from api.spoken import N_
from api.tables import Grant, Identity, Invitation, RuleKind

LARGEST = 5_000_000  # bytes
MOST_LINES = 50_000
LONGEST_SUBJECT = 255  # characters
HEADINGS = {"person", "reader", "email", "e-mail", "address"}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
AT_ONCE = 500  # addresses in one question to the database

Key = tuple[str, str]  # issuer and subject


class Outcome(StrEnum):
    ADDED = "added"
    ALREADY = "already"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """What became of one line. `who` is as written, made fit to be printed."""

    number: int
    who: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody on the list: an identity, or an e-mail address until its owner comes; or what is wrong."""

    number: int
    who: str
    key: Key | None = None
    email: str | None = None
    fault: str | None = None


def read(content: bytes, issuers: Mapping[str, str | None]) -> list[Person]:
    """The people of a CSV file, whose first column is `<provider id>:<subject>` or an e-mail address."""
    if len(content) > LARGEST:
        raise Invalid(N_("The list is larger than {largest} bytes.", largest=LARGEST))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(N_("The list is not UTF-8 text; save it as “CSV UTF-8”.")) from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    people: list[Person] = []
    try:
        for row in rows:
            cell = row[0] if row else ""
            is_heading = not people and cell.strip().lower() in HEADINGS
            if cell.strip() and not is_heading:
                people.append(person_of(rows.line_num, cell, issuers))
            if len(people) > MOST_LINES:
                raise Invalid(N_("The list has more than {most} lines.", most=MOST_LINES))
    except csv.Error as error:
        raise Invalid(
            N_("Line {number} of the list can’t be read: {error}.", number=rows.line_num, error=str(error))
        ) from error
    return people


def person_of(number: int, cell: str, issuers: Mapping[str, str | None]) -> Person:
    """One person as somebody wrote them, or what is wrong with that."""
    who = "".join(each if each.isprintable() else "·" for each in cell.strip())[:120]
    if cell.lstrip(" ").startswith(FORMULA_SIGNS):
        return Person(number, who, fault=N_("begins like a spreadsheet's formula"))
    provider, colon, subject = cell.strip().partition(":")
    if not colon:
        email = normal_address(cell)
        fault = None if email else N_("is neither <provider id>:<subject> nor an e-mail address")
        return Person(number, who, email=email, fault=fault)
    issuer = issuers.get(provider)
    if issuer is None and provider in issuers:
        fault = N_("names a provider known by a domain; set its TENANT to the tenant's id")
        return Person(number, who, fault=fault)
    if issuer is None:
        fault = N_("names no sign-in provider of the settings; known: {providers}", providers=", ".join(issuers))
        return Person(number, who, fault=fault)
    if not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isascii() or not subject.isprintable():
        fault = N_("needs a subject of 1 to {longest} plain characters", longest=LONGEST_SUBJECT)
        return Person(number, who, fault=fault)
    return Person(number, who, key=(issuer, subject))


def put_on_list(db: Db, title_id: int, people: Iterable[Person], *, dry_run: bool = False) -> list[Line]:
    """Name these people as readers of a title; with `dry_run` only say what would become of each line."""
    if not dry_run:
        hold(db, f"grants of title {title_id}")
    people = list(people)
    listing = _Listing(db, title_id, people)
    lines = [Line(person.number, person.who, *listing.take(person)) for person in people]
    if not dry_run:
        db.add_all(listing.new)
    return lines


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines had which outcome."""
    found = Counter(line.outcome for line in lines)
    return {str(outcome): found[outcome] for outcome in Outcome}


class _Listing:
    """A title's list while people are put on it, with few questions to the database however long the list."""

    def __init__(self, db: Db, title_id: int, people: list[Person]) -> None:
        self.new: list[Grant | Invitation] = []
        self._title_id = title_id
        emails = [person.email for person in people if person.email is not None]
        self._owners = _owners(db, emails)
        self._waiting = invited(db, title_id, emails)
        keys = {person.key for person in people if person.key is not None}
        keys |= {owner.key for owners in self._owners.values() for owner in owners}
        self._keys = _listed(db, title_id, keys)

    def take(self, person: Person) -> tuple[Outcome, str | None]:
        if person.key is not None:
            return self._name(person.key), None
        if person.email is None:
            return Outcome.BAD, person.fault
        owners = self._owners[person.email]
        if person.email in self._waiting or any(owner.key in self._keys for owner in owners):
            return Outcome.ALREADY, None
        if len({owner.user_id for owner in owners}) == 1 and any(owner.is_fresh for owner in owners):
            return self._name(next(owner.key for owner in owners if owner.is_fresh)), None
        self._waiting.add(person.email)
        self.new.append(Invitation(title_id=self._title_id, email=person.email))
        return Outcome.ADDED, N_("counts from their next sign-in with this address verified")

    def _name(self, key: Key) -> Outcome:
        if key in self._keys:
            return Outcome.ALREADY
        self._keys.add(key)
        self.new.append(Grant(title_id=self._title_id, issuer=key[0], subject=key[1]))
        return Outcome.ADDED


@dataclass(frozen=True)
class _Owner:
    """An identity that has come with the address verified."""

    user_id: int
    key: Key
    is_fresh: bool


def _listed(db: Db, title_id: int, keys: Collection[Key]) -> set[Key]:
    """Who is on the list; where few are asked about, of those only."""
    listed = sa.select(col(Grant.issuer), col(Grant.subject)).where(
        col(Grant.title_id) == title_id, col(Grant.source) == RuleKind.LISTED
    )
    if len(keys) <= AT_ONCE:
        issuers, subjects = {key[0] for key in keys}, {key[1] for key in keys}
        listed = listed.where(col(Grant.issuer).in_(issuers), col(Grant.subject).in_(subjects))
    return {(row[0], row[1]) for row in db.connection().execute(listed)}


def _owners(db: Db, emails: list[str]) -> defaultdict[str, list[_Owner]]:
    found: defaultdict[str, list[_Owner]] = defaultdict(list)
    since = clock.now() - VOUCHED_FOR
    address = sa.func.lower(Identity.email)
    for start in range(0, len(emails), AT_ONCE):
        some = emails[start : start + AT_ONCE]
        verified = select(Identity).where(address.in_(some), col(Identity.email_verified).is_(True))
        for row in db.exec(verified.order_by(col(Identity.id))).all():
            is_fresh = row.vouched_at is not None and row.vouched_at > since
            found[(row.email or "").lower()].append(_Owner(row.user_id, (row.issuer, row.subject), is_fresh))
    return found


def _delimiter(text: str) -> str:
    """What most often stands between the cells of the first line with anything in it; a comma where nothing does."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)
