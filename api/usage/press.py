"""Use as the press sees it: of all titles or one, in a period and in the one before, small figures hidden."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.tables import DaySum, Institution, MostUsed, Title, UsageDay
from api.usage.daily import ALL_TITLES, By, Figures
from api.usage.months import Month
from api.usage.periods import PERIODS, USUAL, column_of, columns
from api.usage.protected import SMALL, Shown, one, under_total

LISTED = 10  # lines of a list; what is left stands together in one more
HEADLINES = ("viewers", "arrivals", "reads", "downloads")
FUNNEL = ("viewers", "starters", "arrivals", "readers")
OF_LIST = {By.PROVIDER: ("arrivals",), By.REFERRER: ("viewers",), By.INSTITUTION: ("reads", "downloads")}
NO_NAMES: Mapping[str, str] = {}
OTHERS = None  # the value of a list's last line: all that are not in it, or are of none


@dataclass(frozen=True)
class Headline:
    """A figure, that of the period before, and the change in per cent where both are shown."""

    name: str
    now: Shown
    before: Shown
    change: int | None


@dataclass(frozen=True)
class Line:
    """A line of a list: a step, a value, a title. `share` is in per cent, None where it would tell too much."""

    value: str | None
    name: str
    shown: Shown
    share: int | None = None
    title: Title | None = None


@dataclass(frozen=True)
class Column:
    """A day, or a week by its first day."""

    day: date
    figures: Mapping[str, Shown]


@dataclass(frozen=True)
class Use:
    """All that a page says. `counted_at` is how far, None where nothing has been counted yet."""

    days: int
    first: date
    last: date
    counted_at: datetime | None
    headlines: Sequence[Headline]
    columns: Sequence[Column]
    funnel: Sequence[Line]
    lists: Mapping[By, Sequence[Line]]
    most_used: Sequence[Line]


def use_of(
    db: Db,
    days: int,
    today: date,
    title_id: int = ALL_TITLES,
    *,
    sites_kept: int = max(PERIODS),
    providers: Mapping[str, str] = NO_NAMES,
) -> Use:
    """`providers` are the names of sign-in providers by their ids, `sites_kept` for how many days sites are known."""
    first = today - timedelta(days=days - 1)
    by_day = _by_day(db, title_id, first - timedelta(days=days), today)
    this = _since(by_day, first)
    last = _total(figures for day, figures in by_day.items() if day < first)
    begins = dict.fromkeys(OF_LIST, first) | {By.REFERRER: max(first, today - timedelta(days=sites_kept - 1))}
    counted = select(sa.func.max(col(UsageDay.counted_at)))
    return Use(
        days,
        first,
        today,
        db.exec(counted).first(),
        [_headline(name, this[name], last[name]) for name in HEADLINES],
        _columns(by_day, first, today, days),
        _funnel(this),
        {by: _list(db, title_id, by, _since(by_day, since), since, today, providers) for by, since in begins.items()},
        _most_used(db, days, this["reads"] + this["downloads"]) if title_id == ALL_TITLES else [],
    )


def downloads_of(db: Db, title_ids: Collection[int], today: date) -> dict[int, Shown]:
    """For each of these titles the downloads of the last thirty days, today included."""
    total = sa.func.sum(col(DaySum.downloads))
    recent = (
        sa.select(col(DaySum.title_id), total)
        .where(col(DaySum.title_id).in_(title_ids), col(DaySum.by) == By.NOTHING)
        .where(col(DaySum.day) > today - timedelta(days=USUAL), col(DaySum.day) <= today)
        .group_by(col(DaySum.title_id))
    )
    found = {title_id: int(downloads) for title_id, downloads in db.connection().execute(recent)}
    return {title_id: one(found.get(title_id, 0)) for title_id in title_ids}


def month_of(db: Db, month: Month, most: int) -> tuple[dict[str, Shown], dict[str, Shown], list[tuple[str, Shown]]]:
    """What a month's use of all titles comes to, that of the one before, and the titles used most, by name."""
    this, last = (
        _total(_by_day(db, ALL_TITLES, each.first_day, each.last_day).values()) for each in (month, month.before)
    )
    used = sa.func.sum(col(DaySum.reads) + col(DaySum.downloads))
    ranked = (
        sa.select(col(Title.full_title), used)
        .join_from(DaySum, Title, col(Title.id) == col(DaySum.title_id))
        .where(col(DaySum.by) == By.NOTHING, col(DaySum.day).between(month.first_day, month.last_day))
        .group_by(col(Title.id), col(Title.full_title))
        .having(used > 0)
        .order_by(used.desc(), col(Title.id))
        .limit(most)
    )
    found = [(name, int(number)) for name, number in db.connection().execute(ranked)]
    cells = _of_total([number for _, number in found], this["reads"] + this["downloads"])
    most_used = [(name, cell) for (name, _), cell in zip(found, cells, strict=True)]
    return _shown(this), _shown(last), most_used


def _shown(total: Mapping[str, int]) -> dict[str, Shown]:
    return {name: one(number) for name, number in total.items()}


def _of_total(numbers: Sequence[int], total: int) -> list[Shown]:
    """The figures of a list that stops before the total is reached."""
    return under_total([*numbers, max(total - sum(numbers), 0)])[: len(numbers)]


ByDay = dict[date, dict[str, int]]


def _by_day(db: Db, title_id: int, first: date, last: date) -> ByDay:
    rows = sa.select(col(DaySum.day), *(col(getattr(DaySum, name)) for name in Figures.NAMES)).where(
        col(DaySum.title_id) == title_id, col(DaySum.by) == By.NOTHING, col(DaySum.day).between(first, last)
    )
    return {day: dict(zip(Figures.NAMES, numbers, strict=True)) for day, *numbers in db.connection().execute(rows)}


def _total(days: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = dict.fromkeys(Figures.NAMES, 0)
    for figures in days:
        for name, number in figures.items():
            total[name] += number
    return total


def _since(by_day: ByDay, first: date) -> dict[str, int]:
    return _total(figures for day, figures in by_day.items() if day >= first)


def _headline(name: str, now: int, before: int) -> Headline:
    return Headline(name, one(now), one(before), _percent(now - before, before) if min(now, before) >= SMALL else None)


def _columns(by_day: ByDay, first: date, today: date, days: int) -> list[Column]:
    starts = columns(days, today)
    numbers = {name: [0] * len(starts) for name in Figures.NAMES}
    for day, figures in by_day.items():
        if day >= first:
            for name, number in figures.items():
                numbers[name][column_of(day, first, days)] += number
    shown = {name: under_total(numbers[name]) for name in Figures.NAMES}
    return [Column(day, {name: cells[place] for name, cells in shown.items()}) for place, day in enumerate(starts)]


def _funnel(this: Mapping[str, int]) -> list[Line]:
    """A share would tell a small figure, so there it is left out."""
    whole = this[FUNNEL[0]]
    return [
        Line(name, name, one(number), _percent(number, whole) if min(number, whole) >= SMALL else None)
        for name, number in ((name, this[name]) for name in FUNNEL)
    ]


def _percent(number: int, total: int) -> int:
    return round(100 * number / total)


def _list(
    db: Db,
    title_id: int,
    by: By,
    this: Mapping[str, int],
    first: date,
    last: date,
    providers: Mapping[str, str],
) -> list[Line]:
    """The largest first. Whatever else there is, and what is of no value, is the last line."""
    number = sa.func.sum(sum(col(getattr(DaySum, name)) for name in OF_LIST[by]))
    largest = (
        sa.select(col(DaySum.value), number)
        .where(col(DaySum.title_id) == title_id, col(DaySum.by) == by, col(DaySum.day).between(first, last))
        .group_by(col(DaySum.value))
        .having(number > 0)
        .order_by(number.desc(), col(DaySum.value))
        .limit(LISTED)
    )
    found = [(value, int(count)) for value, count in db.connection().execute(largest)]
    total = sum(this[name] for name in OF_LIST[by])
    rest = total - sum(count for _, count in found)
    lines: list[tuple[str | None, int]] = [*found, *([(OTHERS, rest)] if rest > 0 else [])]
    cells = under_total([count for _, count in lines])
    names = _names(db, by, [value for value, _ in found], providers)
    return [
        Line(value, names.get(value or "", value or ""), cell, _percent(count, total) if cell.is_exact else None)
        for (value, count), cell in zip(lines, cells, strict=True)
    ]


def _names(db: Db, by: By, values: Sequence[str], providers: Mapping[str, str]) -> Mapping[str, str]:
    if by is By.PROVIDER:
        return providers
    if by is By.INSTITUTION and values:
        named = select(Institution.slug, Institution.name).where(col(Institution.slug).in_(values))
        return dict(db.exec(named).all())
    return {}


def _most_used(db: Db, days: int, total: int) -> list[Line]:
    ranked = select(Title, MostUsed.used).join(MostUsed, col(MostUsed.title_id) == col(Title.id))
    found = db.exec(ranked.where(MostUsed.days == days).order_by(col(MostUsed.place))).all()
    cells = _of_total([used for _, used in found], total)
    return [
        Line(title.slug, title.full_title, cell, title=title) for (title, _), cell in zip(found, cells, strict=True)
    ]
