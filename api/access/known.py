"""What is known of one reader for the rules of some titles, each part looked up only when a rule asks for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.access.asked import normal_address
from api.access.institutions import House, belongs
from api.access.policy import Reader, Standing
from api.access.vouched import Vouched, vouched_from
from api.database import rows
from api.tables import AccessRequest, Answer, Grant, Identity, RuleKind

VOUCHED_FOR = timedelta(days=7)  # as long as a session lives; then the provider has to say it again


_MINE = col(Identity.user_id) == sa.bindparam("user_id")
_ANSWERS = sa.select(col(AccessRequest.title_id), col(AccessRequest.answer)).where(
    col(AccessRequest.user_id) == sa.bindparam("user_id"),
    col(AccessRequest.title_id).in_(sa.bindparam("title_ids", expanding=True)),
)
_GRANTS = sa.select(col(Grant.title_id), col(Grant.source)).where(  # a join might begin with all whom a title lets in
    sa.tuple_(col(Grant.issuer), col(Grant.subject)).in_(
        sa.select(col(Identity.issuer), col(Identity.subject)).where(_MINE)
    ),
    col(Grant.title_id).in_(sa.bindparam("title_ids", expanding=True)),
)
_FRESH = sa.select(
    col(Identity.provider),
    col(Identity.issuer),
    col(Identity.email),
    col(Identity.email_verified),
    col(Identity.claims),
).where(_MINE, col(Identity.vouched_at) > sa.bindparam("since"))


class Proven(NamedTuple):
    """What a fresh sign-in with one identity has brought."""

    provider: str
    issuer: str
    email: str | None
    email_verified: bool
    claims: str | None


class Known:
    """A reader as rules see them. Every identity of theirs counts, what it was vouched for only while fresh."""

    def __init__(self, db: Db, title_ids: Sequence[int], reader: Reader) -> None:
        self._db = db
        self._title_ids = title_ids
        self._reader = reader

    def has_address_at(self, domain: str | None) -> bool:
        return domain in self._email_domains

    def satisfies(self, claim: str | None) -> bool:
        """Whether `claim` (as `asked.py` writes it) is vouched for by a fresh sign-in."""
        name, _, value = (claim or "").partition("=")
        if name == "orcid":
            return any(each.orcid is not None and value in ("", each.orcid) for each in self._vouched)
        if name == "affiliation":
            return any(each.has_affiliation(value) for each in self._vouched)
        return name == "provider" and any(identity.provider == value for identity in self._fresh)

    def belongs_to(self, house: House) -> bool:
        domains = self._email_domains.union(*(each.houses for each in self._vouched))
        issuers = {identity.issuer for identity in self._fresh}
        return belongs(house, issuers=issuers, domains=domains, address=self._reader.address)

    def has_grant(self, title_id: int, source: RuleKind) -> bool:
        return (title_id, str(source)) in self._grants

    def request(self, title_id: int) -> Standing:
        """How the reader's request for this title stands. An approval counts by the grant it gave."""
        answer = self._answers.get(title_id, Answer.APPROVED)
        if answer is None:
            return Standing.OPEN
        return Standing.REFUSED if answer == Answer.REFUSED else Standing.NOT_ASKED

    @cached_property
    def _answers(self) -> dict[int, str | None]:
        """What the press has said to the reader's request for each title; None while it has not."""
        return dict(iter(self._about_titles(_ANSWERS)))

    @cached_property
    def _grants(self) -> set[tuple[int, str]]:
        return {(title_id, source) for title_id, source in self._about_titles(_GRANTS)}

    @cached_property
    def _email_domains(self) -> set[str]:
        """The domains of the reader's addresses that a provider has said are verified."""
        verified = (normal_address(each.email or "") for each in self._fresh if each.email_verified)
        return {address.rpartition("@")[2] for address in verified if address is not None}

    @cached_property
    def _fresh(self) -> list[Proven]:
        since = clock.now() - VOUCHED_FOR
        return [Proven(*row) for row in rows(self._db, _FRESH, {"user_id": self._reader.user_id, "since": since})]

    @cached_property
    def _vouched(self) -> list[Vouched]:
        return [vouched_from(identity.claims) for identity in self._fresh]

    def _about_titles(self, statement: sa.Executable) -> "sa.Result[*tuple[Any, ...]]":
        return rows(self._db, statement, {"user_id": self._reader.user_id, "title_ids": self._title_ids})


class Told(Known):
    """Someone of whom all is known beforehand: one of many looked up at once, or made up to try some rules."""

    def __init__(
        self,
        reader: Reader,
        *,
        fresh: Iterable[Proven] = (),
        grants: Iterable[tuple[int, str]] = (),
        answers: Mapping[int, str | None] | None = None,
    ) -> None:
        self._reader = reader
        self._fresh = list(fresh)
        self._grants = set(grants)
        self._answers = dict(answers or {})
