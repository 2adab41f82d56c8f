"""What is known of one reader for the rules of some titles, each part looked up only when a rule asks for it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property

from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.asked import normal_address
from api.access.institutions import belongs
from api.access.policy import Reader, Standing
from api.access.vouched import Vouched, vouched_from
from api.tables import AccessRequest, Answer, Grant, Identity, Institution, RuleKind

VOUCHED_FOR = timedelta(days=7)  # as long as a session lives; then the provider has to say it again


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

    def belongs_to(self, institution: Institution) -> bool:
        domains = self._email_domains.union(*(each.houses for each in self._vouched))
        issuers = {identity.issuer for identity in self._fresh}
        return belongs(institution, issuers=issuers, domains=domains, address=self._reader.address)

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
        asked = select(AccessRequest.title_id, AccessRequest.answer).where(
            AccessRequest.user_id == self._reader.user_id, col(AccessRequest.title_id).in_(self._title_ids)
        )
        return dict(self._db.exec(asked).all())

    @cached_property
    def _grants(self) -> set[tuple[int, str]]:
        by_identity = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
        named = select(Grant.title_id, Grant.source).join(Identity, by_identity)
        mine = named.where(Identity.user_id == self._reader.user_id, col(Grant.title_id).in_(self._title_ids))
        return {(title_id, source) for title_id, source in self._db.exec(mine).all()}

    @cached_property
    def _email_domains(self) -> set[str]:
        """The domains of the reader's addresses that a provider has said are verified."""
        verified = (normal_address(each.email or "") for each in self._fresh if each.email_verified is True)
        return {address.rpartition("@")[2] for address in verified if address is not None}

    @cached_property
    def _fresh(self) -> list[Identity]:
        since = clock.now() - VOUCHED_FOR
        mine = select(Identity).where(Identity.user_id == self._reader.user_id, col(Identity.vouched_at) > since)
        return list(self._db.exec(mine).all())

    @cached_property
    def _vouched(self) -> list[Vouched]:
        return [vouched_from(identity.claims) for identity in self._fresh]
