"""Which title on the shelf a record is: by its DOI, then by an ISBN, then by its slug."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.shelf.drafts import TitleDraft
from api.tables import FormerAddress, Identifier, Title

_COLUMNS = (col(Title.id), col(Title.slug), col(Title.version), col(Title.doi), col(Title.isbn))
AT_ONCE = 500  # values in one question to the database


@dataclass(frozen=True)
class Known:
    """What a record on the shelf is known by."""

    id: int
    slug: str
    version: int
    doi: str | None
    isbns: frozenset[str]


class Shelf:
    """The titles on the shelf that any of these drafts could be."""

    def __init__(self, db: Db, drafts: Iterable[TitleDraft]) -> None:
        drafts = list(drafts)
        self._db = db
        ids: set[int] = set()
        ids |= _ids(db, sa.func.lower(Title.doi), {doi.lower() for each in drafts if (doi := each.facts.doi)})
        isbns = {isbn for each in drafts for isbn in isbns_of(each)}
        ids |= _ids(db, col(Title.isbn), isbns) | _identified(db, isbns)
        slugs = {each.facts.slug for each in drafts}
        ids |= _ids(db, col(Title.slug), slugs)
        self._left = _left(db, slugs)
        self._by: dict[tuple[str, str], list[Known]] = defaultdict(list)
        self.ids = frozenset(ids)
        for known in _known(db, ids):
            for sign in (("DOI", (known.doi or "").lower()), *(("ISBN", isbn) for isbn in known.isbns)):
                self._by[sign].append(known)
            self._by["slug", known.slug].append(known)

    def find(self, draft: TitleDraft, *, slug_is_sure: bool) -> tuple[str, list[Known]]:
        """What it is known by, and the titles of that sign. A slug made of the title says little against the others."""
        signs = [("DOI", (draft.facts.doi or "").lower()), *(("ISBN", isbn) for isbn in sorted(isbns_of(draft)))]
        for sign in signs:
            if sign[1] and (found := self._by.get(sign)):
                return sign[0], found
        of_slug = self._by.get(("slug", draft.facts.slug), [])
        if of_slug and not slug_is_sure and _is_another(draft, of_slug[0]):
            return "", []
        return ("slug", of_slug) if of_slug else ("", [])

    def is_free(self, slug: str, title_id: int | None = None) -> bool:
        """Whether no other title has it, or had it once."""
        if any(known.id != title_id for known in self._by.get(("slug", slug), [])):
            return False
        return self._left.get(slug, title_id) == title_id

    def free_like(self, slug: str, taken: Iterable[str]) -> str:
        """The slug, or the next number of it that is free."""
        number, candidate, taken = 1, slug, set(taken)
        while candidate in taken or not self._is_nowhere(candidate):
            number += 1
            candidate = f"{slug}-{number}"
        return candidate

    def _is_nowhere(self, slug: str) -> bool:
        here = self._db.exec(select(Title.id).where(Title.slug == slug)).first()
        once = self._db.exec(select(FormerAddress.title_id).where(FormerAddress.slug == slug)).first()
        return here is None and once is None


def isbns_of(draft: TitleDraft) -> set[str]:
    own = {draft.facts.isbn} if draft.facts.isbn else set()
    return own | {each.value for each in draft.identifiers if each.kind.startswith("isbn-")}


def _is_another(draft: TitleDraft, known: Known) -> bool:
    """Whether DOI or ISBNs tell them apart."""
    doi, isbns = draft.facts.doi, isbns_of(draft)
    if doi and known.doi:
        return doi.lower() != known.doi.lower()
    return bool(isbns and known.isbns and not isbns & known.isbns)


def _ids(db: Db, column: Any, values: Iterable[str]) -> set[int]:
    return {each for some in _some(values) for each in db.exec(select(Title.id).where(column.in_(some))) if each}


def _identified(db: Db, isbns: Iterable[str]) -> set[int]:
    of_isbn = select(Identifier.title_id).where(col(Identifier.kind).startswith("isbn-"))
    return {each for some in _some(isbns) for each in db.exec(of_isbn.where(col(Identifier.value).in_(some)))}


def _left(db: Db, slugs: Iterable[str]) -> dict[str, int]:
    former = select(FormerAddress.slug, FormerAddress.title_id)
    return {row[0]: row[1] for some in _some(slugs) for row in db.exec(former.where(col(FormerAddress.slug).in_(some)))}


def _known(db: Db, ids: Iterable[int]) -> Iterable[Known]:
    for some in _some(ids):
        isbns: dict[int | None, set[str]] = defaultdict(set)
        of_isbn = select(Identifier.title_id, Identifier.value).where(col(Identifier.kind).startswith("isbn-"))
        for row in db.exec(of_isbn.where(col(Identifier.title_id).in_(some))):
            isbns[row[0]].add(row[1])
        rows = sa.select(*_COLUMNS).where(col(Title.id).in_(some))
        for title_id, slug, version, doi, isbn in db.connection().execute(rows):
            own = {isbn} if isbn else set()
            yield Known(title_id or 0, slug, version, doi, frozenset(isbns[title_id] | own))


def _some(values: Iterable[Any]) -> Iterable[list[Any]]:
    ordered = sorted(values)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
