"""The form of a title's opening and ladder: filled in, pressed at, read back. Nothing here is saved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from api.access.asked import AskedRule
from api.access.losing import Opening
from api.access.sorts import LONGEST_ARGUMENT, MOST_RULES, SORTS, Sort, rule_of, sort_of
from api.errors import Invalid
from api.shelf.opening import seen
from api.spoken import N_
from api.tables import RuleKind

YEARS = range(2000, 2200)
LABELS: dict[str, str] = {"date": N_("Date"), "time": N_("Time"), "add": N_("Another rule")}


@dataclass
class Row:
    """One rule as it stands in the form."""

    sort: Sort
    argument: str = ""


@dataclass
class Typed:
    """The form as it was filled in. `was_seen` is what stood there when it was, `focus` the button pressed last."""

    date: str
    time: str
    rows: list[Row]
    was_seen: str
    faults: dict[str, str] = field(default_factory=dict)
    focus: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """What the list of faults calls each field."""
        rows: dict[str, str] = {
            f"argument-{place}": N_("Rule {place}, {field}", place=place, field=row.sort.field)
            for place, row in enumerate(self.rows, start=1)
        }
        return LABELS | rows

    def press(self, button: str) -> None:
        """Move a rule, take it out or add one, as the form's small buttons say: `up-2`, `remove-3`, `add`, `add-x`."""
        verb, _, place = button.partition("-")
        at = int(place) - 1 if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if not 0 <= at < len(self.rows):
            return
        if verb == "remove":
            del self.rows[at]
            self.focus = "add"
        elif verb in ("up", "down"):
            to = max(at - 1, 0) if verb == "up" else min(at + 1, len(self.rows) - 1)
            self.rows.insert(to, self.rows.pop(at))
            self.focus = f"{verb}-{to + 1}"

    def add(self, name: str) -> None:
        """Put a rule of that sort at the end."""
        sort = SORTS.get(name)
        if sort is None:
            self.faults["add"] = N_("Choose what kind of rule to add.")
        elif len(self.rows) >= MOST_RULES:
            self.faults["add"] = N_("A title has at most {most} rules.", most=MOST_RULES)
        else:
            self.rows.append(Row(sort))
            self.focus = f"argument-{len(self.rows)}" if sort.field else f"up-{len(self.rows)}"

    def read(self, before: Opening, houses: Collection[str], providers: Collection[str]) -> Opening:
        """What is asked for; `faults` says where it can't be. `before` keeps the seconds that the form does not show.

        `houses` and `providers` are those that there are.
        """
        opens_at = self._opens_at(before)
        rules = [self._rule(place, row, houses, providers) for place, row in enumerate(self.rows, start=1)]
        return Opening(opens_at, tuple(rule for rule in rules if rule is not None))

    def _rule(self, place: int, row: Row, houses: Collection[str], providers: Collection[str]) -> AskedRule | None:
        try:
            rule = rule_of(row.sort, row.argument)
        except Invalid as fault:
            self.faults[f"argument-{place}"] = fault.message
            return None
        is_gone = rule.kind is RuleKind.INSTITUTION and rule.argument not in houses
        if is_gone or (row.sort.name == "provider" and row.argument not in providers):
            self.faults[f"argument-{place}"] = row.sort.fault
        return rule

    def _opens_at(self, before: Opening) -> datetime | None:
        if (self.date, self.time) == _shown(before.opens_at):
            return before.opens_at
        if not self.date.strip() and not self.time.strip():
            return None
        at, wrong = moment(self.date, self.time)
        self.faults |= wrong
        return at


def filled_in(opening: Opening) -> Typed:
    """The form as it is first shown."""
    rows = [Row(*sort_of(rule)) for rule in opening.rules]
    return Typed(*_shown(opening.opens_at), rows, seen(opening))


def typed_in(form: Mapping[str, Any]) -> Typed:
    """The form as it came; what does not belong to it is left out."""
    rows = []
    for place in range(1, MOST_RULES + 1):
        sort = SORTS.get(_text(form, f"sort-{place}"))
        if sort is not None:
            rows.append(Row(sort, _text(form, f"argument-{place}")[: 2 * LONGEST_ARGUMENT]))
    return Typed(_text(form, "date")[:40], _text(form, "time")[:40], rows, _text(form, "seen"))


def moment(day: str, hour: str) -> tuple[datetime | None, dict[str, str]]:
    """The instant in UTC of a day and an hour as they were typed, or what is wrong with `date` or `time`."""
    on, at = _day(day), _hour(hour)
    faults: dict[str, str] = {}
    if on is None:
        faults["date"] = N_(
            "Write a day such as 2027-03-01, from the year {first} to {last}.", first=YEARS[0], last=YEARS[-1]
        )
    if at is None:
        faults["time"] = N_("Write a time such as 09:30.")
    return (datetime.combine(on, at, UTC) if on is not None and at is not None else None), faults


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _shown(opens_at: datetime | None) -> tuple[str, str]:
    if opens_at is None:
        return "", ""
    at = opens_at.astimezone(UTC)
    return at.date().isoformat(), at.strftime("%H:%M")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _hour(text: str) -> time | None:
    if not text.strip():
        return time()
    try:
        hour = time.fromisoformat(text.strip())
    except ValueError:
        return None
    return hour.replace(microsecond=0) if hour.tzinfo is None else None
