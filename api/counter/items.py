"""What reports say of a title or a chapter besides its use: names and identifiers, as they are now."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.formats.record import WORK_PATHS
from api.tables import Chapter, Contribution, Contributor, Kind, Title
from api.usage.counting import WHOLE

NAMESPACE = "gatefold"
MOST_AUTHORS = 3
AT_A_TIME = 500  # ids in one question
Author = tuple[str, str | None]  # name, ORCID iD


@dataclass(frozen=True)
class Item:
    """A title, or a chapter in one. ISBNs have hyphens; `published` is there where the day is known."""

    name: str
    publisher: str
    publisher_ror: str | None
    proprietary: str
    uri: str
    doi: str | None = None
    isbn: str | None = None
    published: str | None = None
    authors: tuple[Author, ...] = ()
    is_book: bool = False


Place = tuple[int, int]  # a title's id, and a chapter's or 0


def describe(db: Db, places: Collection[Place], public_url: str, *, with_chapters: bool) -> dict[Place, Item]:
    """Everything about these places and about the titles they are in."""
    titles = sorted({title_id for title_id, _ in places})
    found: dict[Place, Item] = {}
    for start in range(0, len(titles), AT_A_TIME):
        some = titles[start : start + AT_A_TIME]
        authors = _authors(db, some) if with_chapters else {}
        rows = db.exec(select(*_OF_TITLE).where(col(Title.id).in_(some))).all()
        for row in rows:
            found[row.id, WHOLE] = _title(row, authors, public_url)
        if with_chapters:
            for chapter in db.exec(select(Chapter).where(col(Chapter.title_id).in_(some))).all():
                parent = found[chapter.title_id, WHOLE]
                assert chapter.id is not None
                found[chapter.title_id, chapter.id] = _chapter(chapter, parent, authors)
    return found


_OF_TITLE = tuple(
    col(getattr(Title, name))
    for name in ("id", "kind", "slug", "full_title", "publisher", "publisher_ror", "doi", "isbn", "published")
)


def gone(place: Place, parent: Item) -> Item:
    """A chapter that is not there any more, by its number in its title."""
    return Item(parent.name, parent.publisher, parent.publisher_ror, f"{NAMESPACE}:chapter-{place[1]}", parent.uri)


def _title(row: "sa.Row[tuple[object, ...]]", authors: dict[Place, list[Author]], public_url: str) -> Item:
    kind = Kind(row.kind)
    return Item(
        name=row.full_title,
        publisher=row.publisher or "",
        publisher_ror=row.publisher_ror,
        proprietary=f"{NAMESPACE}:title-{row.id}",
        uri=f"{public_url}{WORK_PATHS[kind]}/{row.slug}",
        doi=row.doi,
        isbn=hyphenated(row.isbn) if row.isbn else None,
        published=row.published if row.published and len(row.published) == 10 else None,
        authors=tuple(authors.get((row.id, WHOLE), ())[:MOST_AUTHORS]),
        is_book=kind in (Kind.EDITED_VOLUME, Kind.MONOGRAPH),
    )


def _chapter(row: Chapter, parent: Item, authors: dict[Place, list[Author]]) -> Item:
    assert row.id is not None
    return Item(
        name=row.name,
        publisher=parent.publisher,
        publisher_ror=parent.publisher_ror,
        proprietary=f"{NAMESPACE}:chapter-{row.id}",
        uri=f"{parent.uri}/chapters/{row.address}" if row.address else parent.uri,
        doi=row.doi,
        published=parent.published,
        authors=tuple(authors.get((row.title_id, row.id), ())[:MOST_AUTHORS]),
    )


def _authors(db: Db, titles: Collection[int]) -> dict[Place, list[Author]]:
    found: dict[Place, list[Author]] = defaultdict(list)
    named = select(Contributor).where(col(Contributor.title_id).in_(titles), Contributor.role == Contribution.AUTHOR)
    for row in db.exec(named.order_by(col(Contributor.position), col(Contributor.id))).all():
        parts = (row.given, row.particle, row.family, row.suffix)
        name = row.name or " ".join(part for part in parts if part)
        if len(name) > 1:
            found[row.title_id, row.chapter_id or WHOLE].append((name, row.orcid))
    return found


def hyphenated(isbn: str) -> str | None:
    """With hyphens, as the ranges of the ISBN agency put them; None for a number in none of them."""
    import isbnlib

    try:
        masked: str | None = isbnlib.mask(isbn)
    except isbnlib.NotValidISBNError:
        return None
    return masked or None
