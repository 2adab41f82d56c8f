"""A report's figures, from the sums: by item, by what they are broken down by, by metric, by month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.counter.asked import Asked, Available
from api.counter.customers import Customer
from api.counter.definitions import NEVER, Level
from api.counter.faults import Notice
from api.counter.items import Item, Place, describe, gone
from api.tables import DataType, UsageMonth, UsageSum
from api.usage.counting import WHOLE
from api.usage.months import Month

BREAKDOWNS = {"YOP": UsageSum.yop, "Access_Type": UsageSum.access_type, "Access_Method": UsageSum.access_method}
Performance = dict[str, dict[str, int]]  # metric, then month
Breakdown = tuple[str, ...]  # the data type, then a value for each of `Report.by`


@dataclass(frozen=True)
class Entry:
    """What a report says of one item; of the portal itself there is no item."""

    item: Item | None
    parent: Item | None
    figures: dict[Breakdown, Performance]


@dataclass(frozen=True)
class Report:
    asked: Asked
    customer: Customer
    by: tuple[str, ...]
    entries: list[Entry]
    notices: list[Notice]
    made_at: datetime


def available(db: Db) -> Available:
    """The months that can be reported: those that are closed."""
    first, last = db.exec(select(sa.func.min(col(UsageMonth.month)), sa.func.max(col(UsageMonth.month)))).one()
    return Available(Month.read(first) if first else None, Month.read(last) if last else None)


def make(db: Db, asked: Asked, customer: Customer, public_url: str) -> Report:
    """The report for a customer, with whatever there is."""
    by = tuple(name for name in asked.shown if name in BREAKDOWNS)
    figures = _figures(db, asked, customer, by)
    entries = _entries(db, asked, figures, public_url)
    has_no_month = any(notice.code in (3031, 3032) for notice in asked.notices)
    nothing = [] if entries or has_no_month else [Notice(3030)]
    return Report(asked, customer, by, entries, asked.notices + nothing, clock.now())


Figures = dict[Place, dict[Breakdown, Performance]]


def _figures(db: Db, asked: Asked, customer: Customer, by: tuple[str, ...]) -> Figures:
    level = asked.definition.level
    metrics = [name for name in asked.metrics if name not in NEVER]
    month: Any = sa.literal(str(asked.begin)) if asked.is_total else col(UsageSum.month)
    title = col(UsageSum.title_id) if level is not Level.PLATFORM else sa.literal(0)
    chapter = col(UsageSum.chapter_id) if level is Level.ITEM else sa.literal(WHOLE)
    keys: list[Any] = [title, chapter, col(UsageSum.data_type), *(col(BREAKDOWNS[name]) for name in by), month]
    grouped = [key for key in keys if not isinstance(key, sa.BindParameter)]
    counts = [sa.func.sum(col(getattr(UsageSum, name.lower()))) for name in metrics]
    if not counts:
        return {}
    asking = sa.select(*keys, *counts).where(*_filters(asked, customer)).group_by(*grouped)
    found: Figures = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    segment = DataType.BOOK_SEGMENT if level is Level.ITEM else DataType.BOOK
    for title_id, chapter_id, data_type, *rest in db.connection().execute(asking):
        shown, when, numbers = rest[: len(by)], rest[len(by)], rest[len(by) + 1 :]
        what = (segment if data_type == DataType.BOOK else data_type, *shown)
        for metric, number in zip(metrics, numbers, strict=True):
            if number:
                found[title_id, chapter_id][what][metric][when] = int(number)
    return found


def _filters(asked: Asked, customer: Customer) -> list[Any]:
    found: list[Any] = [
        col(UsageSum.institution) == customer.slug,
        col(UsageSum.month).between(str(asked.begin), str(asked.end)),
    ]
    for name, values in asked.filters.items():
        if name == "YOP":
            ranges = (col(UsageSum.yop).between(years[:4], years[-4:]) for years in values)
            found.append(sa.or_(*ranges))
        elif name == "Data_Type":
            book = DataType.BOOK_SEGMENT if asked.definition.level is Level.ITEM else DataType.BOOK
            kept = [DataType.BOOK if value == book else value for value in values]
            found.append(col(UsageSum.data_type).in_(kept))
        elif name in BREAKDOWNS:
            found.append(col(BREAKDOWNS[name]).in_(values))
    return found


def _entries(db: Db, asked: Asked, figures: Figures, public_url: str) -> list[Entry]:
    if asked.definition.level is Level.PLATFORM:
        return [Entry(None, None, by_breakdown) for by_breakdown in figures.values()]
    is_by_item = asked.definition.level is Level.ITEM
    known = describe(db, figures.keys(), public_url, with_chapters=is_by_item)
    entries = []
    for place, by_breakdown in figures.items():
        whole = known[place[0], WHOLE]
        item = known.get(place) or gone(place, whole)
        parent = whole if is_by_item and whole.is_book else None
        if parent is not None and place[1] == WHOLE:
            item = _rest_of(whole)
        if _is_asked_for(asked, item):
            entries.append(Entry(item, parent, by_breakdown))
    return sorted(entries, key=_alphabetical)


def _rest_of(book: Item) -> Item:
    """The part of a book that no chapter is known for; the identifiers of the book are its parent's."""
    return Item(book.name, book.publisher, book.publisher_ror, book.proprietary, book.uri, published=book.published)


def _alphabetical(entry: Entry) -> tuple[str, ...]:
    assert entry.item is not None
    return ((entry.parent or entry.item).name, entry.item.name, entry.item.proprietary)


def _is_asked_for(asked: Asked, item: Item) -> bool:
    return _is_named(asked.item_id, item) and _is_by(asked.author, item)


def _is_named(item_id: str | None, item: Item) -> bool:
    """By DOI, ISBN, our own identifier or address; the namespace may stand before."""
    if item_id is None:
        return True
    space, _, rest = item_id.partition(":")
    value = rest if space.lower() in ("doi", "isbn", "proprietary", "uri") else item_id
    isbn = (item.isbn or "").replace("-", "")
    return value.lower() in {(each or "").lower() for each in (item.doi, item.isbn, isbn, item.proprietary, item.uri)}


def _is_by(author: str | None, item: Item) -> bool:
    """By name as it is written, or by ORCID iD."""
    if author is None:
        return True
    return author.removeprefix("ORCID:").lower() in {
        (each or "").lower() for name, orcid in item.authors for each in (name, orcid)
    }
