"""Calendar months in UTC, written 2026-01: what use is summed by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int  # 1 to 12

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that a day, or an instant in UTC, is in."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month":
        """Raises ValueError for anything but `2026-01`."""
        found = WRITTEN.fullmatch(text)
        if found is None or found[1] == "0000":
            raise ValueError(f"“{text}” is not a month such as 2026-01")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def begins_at(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        return self.next.begins_at

    @property
    def days(self) -> int:
        return self.last_day.day

    def to(self, last: "Month") -> Iterator["Month"]:
        """The months from this one to `last`, both included."""
        each = self
        while each <= last:
            yield each
            each = each.next
