"""From events to COUNTER's metrics: double clicks, sessions, items and titles. Plain values, no database.

A reader's key is another each day, so a day's events can be counted by themselves, and days add up to months.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from api.tables import DataType, EventKind

DOUBLE_CLICK = timedelta(seconds=30)
THE_WORLD = ""  # instead of an institution: all use, whosever it is
WHOLE = 0  # instead of a chapter
UNKNOWN_YEAR = "0001"
OF_THE_PORTAL = (0, WHOLE, DataType.PLATFORM, "")  # what searches are counted under: no title, no access type
TITLES = (DataType.BOOK, DataType.BOOK_SEGMENT)  # what has title metrics


class Seen(NamedTuple):
    """An event as far as counting goes; its columns, in this order. A search is of no title."""

    user_key: str
    kind: str
    at: datetime
    title_id: int | None
    chapter_id: int | None
    data_type: str | None
    items: int
    access_type: str | None
    access_method: str
    institution: str | None
    provider: str | None
    what: str | None = None  # tells one search from another


class Known(NamedTuple):
    """What counting has to know of a title: its year of publication and the ids of its chapters."""

    yop: str = UNKNOWN_YEAR
    chapters: tuple[int, ...] = ()


class Where(NamedTuple):
    """What is counted together."""

    institution: str
    title_id: int
    chapter_id: int
    data_type: str
    access_type: str
    access_method: str
    yop: str


class Counts:
    """COUNTER's metrics. Limit_Exceeded needs seats, so it can't happen here."""

    __slots__ = METRICS = (
        "total_item_investigations",
        "total_item_requests",
        "unique_item_investigations",
        "unique_item_requests",
        "unique_title_investigations",
        "unique_title_requests",
        "no_license",
        "searches_platform",
    )

    def __init__(self) -> None:
        for metric in self.METRICS:
            setattr(self, metric, 0)

    total_item_investigations: int
    total_item_requests: int
    unique_item_investigations: int
    unique_item_requests: int
    unique_title_investigations: int
    unique_title_requests: int
    no_license: int
    searches_platform: int

    def add(self, other: "Counts") -> None:
        for metric in self.METRICS:
            setattr(self, metric, getattr(self, metric) + getattr(other, metric))

    def as_dict(self) -> dict[str, int]:
        return {metric: getattr(self, metric) for metric in self.METRICS}


Sums = dict[Where, Counts]
Rows = dict[tuple[Where, tuple[int, ...]], list[Counts]]
Met = set[int | None]  # items by chapter, WHOLE without one, those not known any more below 0; THE_TITLE
THE_TITLE = None


def count(events: Iterable[Seen], shelf: Mapping[int, Known], sums: Sums | None = None) -> Sums:
    """Add up events that come ordered by reader's key, then by time. Robots are left out before.

    Use that belongs to no institution counts under the world's name; `with_the_world` adds that of all others to it.
    Memory grows with what one reader does in a day and with what is used, not with the number of events.
    """
    sums = defaultdict(Counts) if sums is None else sums
    known_rows: Rows = {}
    for _, clicks in groupby(events, key=attrgetter("user_key")):
        _Reader(shelf, sums, known_rows).count(clicks)
    return sums


def with_the_world(sums: Sums) -> Sums:
    """The same, and for each item what all institutions and everyone else come to together."""
    found: Sums = defaultdict(Counts)
    for where, counts in sums.items():
        if where.institution != THE_WORLD:
            found[where].add(counts)
        found[where._replace(institution=THE_WORLD)].add(counts)
    return found


class _Reader:
    """One reader's events of a day: which are double clicks, and what each session has seen already."""

    def __init__(self, shelf: Mapping[int, Known], sums: Sums, known_rows: Rows) -> None:
        self._shelf = shelf
        self._sums = sums
        self._known_rows = known_rows
        self._sessions: defaultdict[tuple[int, int, Where], tuple[Met, Met]] = defaultdict(lambda: (set(), set()))

    def count(self, clicks: Iterable[Seen]) -> None:
        """Of clicks on one thing, each within 30 seconds of the one before, the last counts."""
        last: dict[tuple[object, ...], Seen] = {}
        for click in clicks:
            thing = (click.kind, click.title_id, click.chapter_id, click.what)
            before = last.get(thing)
            if before is not None and click.at - before.at > DOUBLE_CLICK:
                self._tally(before)
            last[thing] = click
        for click in last.values():
            self._tally(click)

    def _tally(self, click: Seen) -> None:
        if click.kind == EventKind.SEARCH:
            portal = Where(click.institution or THE_WORLD, *OF_THE_PORTAL, click.access_method, UNKNOWN_YEAR)
            self._sums[portal].searches_platform += 1
            return
        assert click.title_id is not None
        assert click.data_type is not None
        assert click.access_type is not None
        known = self._shelf.get(click.title_id, NOTHING_KNOWN)
        whole = Where(
            click.institution or THE_WORLD,
            click.title_id,
            WHOLE,
            DataType.BOOK if click.data_type == DataType.BOOK_SEGMENT else click.data_type,
            click.access_type,
            click.access_method,
            known.yop,
        )
        if click.kind == EventKind.NO_LICENSE:
            if click.provider is not None:  # whoever is only asked to sign in is not turned away
                self._sums[whole._replace(chapter_id=click.chapter_id or WHOLE)].no_license += 1
            return
        is_request = click.kind == EventKind.REQUEST
        segments = _segments(click, known)
        seen, fetched = self._sessions[click.at.day, click.at.hour, whole]
        for segment, counts in zip(segments, self._rows(whole, segments), strict=True):
            counts.total_item_investigations += 1
            counts.unique_item_investigations += _is_first(seen, segment)
            if is_request:
                counts.total_item_requests += 1
                counts.unique_item_requests += _is_first(fetched, segment)
        if click.data_type in TITLES:
            counts = self._sums[whole]
            counts.unique_title_investigations += _is_first(seen, THE_TITLE)
            counts.unique_title_requests += is_request and _is_first(fetched, THE_TITLE)

    def _rows(self, whole: Where, segments: tuple[int, ...]) -> list[Counts]:
        """What each segment is counted in. A whole volume has many, so they are looked up together."""
        found = self._known_rows.get((whole, segments))
        if found is None:
            wheres = (whole._replace(chapter_id=segment) if segment > 0 else whole for segment in segments)
            found = self._known_rows[whole, segments] = [self._sums[where] for where in wheres]
        return found


def _is_first(met: Met, item: int | None) -> bool:
    """Whether a session meets the item for the first time."""
    if item in met:
        return False
    met.add(item)
    return True


NOTHING_KNOWN = Known()


def _segments(click: Seen, known: Known) -> tuple[int, ...]:
    """The chapters that were seen or fetched. Those of a whole volume that are not known any more are below 0."""
    if click.kind != EventKind.REQUEST or click.data_type != DataType.BOOK:
        return (click.chapter_id or WHOLE,)
    if click.items == 1 and len(known.chapters) != 1:
        return (WHOLE,)
    chapters = known.chapters[: click.items]
    return (*chapters, *range(-1, len(chapters) - click.items - 1, -1))
