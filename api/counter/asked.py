"""What is asked of a report: its months, filters and attributes, read from parameters by the API's rules.

What can't be understood is left out and named in the report's header; only without good dates is there no report.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from api.counter.definitions import Definition, Filters, Level
from api.counter.faults import Fault, Notice
from api.usage.months import Month

WHO = ("customer_id", "requestor_id", "api_key")
DATES = ("begin_date", "end_date")
YEARS = re.compile(r"\d{4}(-\d{4})?", re.ASCII)
LONGEST = 300  # characters of an identifier or a name


class Available(NamedTuple):
    """The first and the last month that is closed; None where none is yet."""

    first: Month | None
    last: Month | None


@dataclass
class Asked:
    """A report as it was asked for. `filters` and `attributes` are those that are not the default."""

    definition: Definition
    begin: Month
    end: Month
    platform: str | None = None
    filters: Filters = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    item_id: str | None = None
    author: str | None = None
    is_total: bool = False
    with_parents: bool = False
    notices: list[Notice] = field(default_factory=list)

    @property
    def metrics(self) -> tuple[str, ...]:
        return self.filters.get("Metric_Type", self.definition.metrics)

    @property
    def shown(self) -> tuple[str, ...]:
        """What use is broken down by, in the order of columns."""
        return self.definition.shown or tuple(name for name in self.definition.may_show if name in self.attributes)

    @property
    def months(self) -> list[Month]:
        return list(self.begin.to(self.end))


def read(definition: Definition, given: Mapping[str, str], platform: str, available: Available, now: datetime) -> Asked:
    """Raises Fault 1030 where a date is missing, 3020 where the two can't be."""
    asked = Asked(definition, *_dates(given, now), filters=dict(definition.fixed))
    if asked.end >= (this := Month.of(now)):
        asked.end = this.before
        asked.notices.append(Notice(3031, f"{given['end_date']} is not over; usage is given to {asked.end}"))
    asked.notices += _unavailable(asked, available)
    _read_platform(asked, given, platform)
    known = {*WHO, *DATES, "platform"}
    if not definition.is_view:
        known |= _read_filters(asked, given) | _read_attributes(asked, given)
    unknown = sorted(set(given) - known)
    if unknown:
        asked.notices.append(Notice(3050, ", ".join(unknown)[:LONGEST]))
    return asked


def _dates(given: Mapping[str, str], now: datetime) -> tuple[Month, Month]:
    missing = [name for name in DATES if not given.get(name)]
    if missing:
        raise Fault(1030, ", ".join(missing))
    begin, end = _month(given["begin_date"], is_end=False), _month(given["end_date"], is_end=True)
    if begin > end:
        raise Fault(3020, "end_date is before begin_date")
    if begin >= Month.of(now):
        raise Fault(3020, "begin_date is not in a month that is over")
    return begin, end


def _month(text: str, *, is_end: bool) -> Month:
    """yyyy-mm, or the first or last day of a month as yyyy-mm-dd."""
    try:
        if len(text) == 7:
            return Month.read(text)
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is not None and day == (Month.of(day).last_day if is_end else Month.of(day).first_day):
        return Month.of(day)
    raise Fault(3020, f"{'end_date' if is_end else 'begin_date'} {text[:20]}")


def _unavailable(asked: Asked, available: Available) -> list[Notice]:
    notices = []
    if available.first is None or available.last is None:
        return [Notice(3031, f"{asked.begin} to {asked.end}")]
    if asked.begin < available.first:
        notices.append(Notice(3032, f"usage is available from {available.first} to {available.last}"))
    if asked.end > available.last:
        late = max(asked.begin, available.last.next)
        notices.append(Notice(3031, f"{late} to {asked.end}" if late < asked.end else str(late)))
    return notices


def _read_platform(asked: Asked, given: Mapping[str, str], platform: str) -> None:
    if named := given.get("platform"):
        if named == platform:
            asked.platform = named
        else:
            asked.notices.append(Notice(3060, f"platform={named[:LONGEST]}"))


def _read_filters(asked: Asked, given: Mapping[str, str]) -> set[str]:
    choices = asked.definition.choices
    for name, values in choices.items():
        chosen, wrong = _chosen(given.get(name.lower(), ""), values)
        if wrong:
            asked.notices.append(Notice(3060, f"{name.lower()}={'|'.join(wrong)}"[:LONGEST]))
        if chosen and len(chosen) < len(values):
            asked.filters[name] = chosen
    known = {name.lower() for name in choices}
    if asked.definition.level is Level.PLATFORM:
        return known
    _read_years(asked, given.get("yop", ""))
    asked.item_id = _read_one(asked, "item_id", given)
    if asked.definition.level is Level.ITEM:
        asked.author = _read_one(asked, "author", given)
        known.add("author")
    return known | {"yop", "item_id"}


def _read_years(asked: Asked, text: str) -> None:
    years = [part for part in text.split("|") if part]
    wrong = [part for part in years if not YEARS.fullmatch(part) or part[:4] > part[-4:]]
    if wrong:
        asked.notices.append(Notice(3060, f"yop={'|'.join(wrong)}"[:LONGEST]))
    if good := tuple(dict.fromkeys(part for part in years if part not in wrong)):
        asked.filters["YOP"] = good


def _read_one(asked: Asked, name: str, given: Mapping[str, str]) -> str | None:
    """One identifier. A list of several would mix scopes, and is left out."""
    text = given.get(name, "").strip()
    if "|" in text:
        asked.notices.append(Notice(3061, name))
        return None
    if text and (len(text) < 2 or len(text) > LONGEST or not text.isprintable()):
        asked.notices.append(Notice(3060, name))
        return None
    return text or None


def _read_attributes(asked: Asked, given: Mapping[str, str]) -> set[str]:
    definition, wrong = asked.definition, []
    asked.attributes, unknown = _chosen(given.get("attributes_to_show", ""), definition.may_show)
    wrong += [f"attributes_to_show={'|'.join(unknown)}"] if unknown else []
    granularity = given.get("granularity", "Month")
    asked.is_total = granularity == "Total"
    wrong += [f"granularity={granularity}"] if granularity not in ("Month", "Total") else []
    known = {"attributes_to_show", "granularity"}
    if definition.level is Level.ITEM:
        parents = given.get("include_parent_details", "False")
        asked.with_parents = parents == "True"
        wrong += [f"include_parent_details={parents}"] if parents not in ("True", "False") else []
        if given.get("include_component_details", "False") != "False":
            asked.notices.append(Notice(3063))
        known |= {"include_parent_details", "include_component_details"}
    if wrong:
        asked.notices.append(Notice(3062, ", ".join(wrong)[:LONGEST]))
    return known


def _chosen(text: str, values: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Which of `values` a list with | between names, in their own order, and what it names besides."""
    parts = [part for part in text.split("|") if part]
    return tuple(value for value in values if value in parts), [part for part in parts if part not in values]
