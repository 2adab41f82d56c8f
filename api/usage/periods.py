"""The stretches of time that the press may look at, up to today, and how each is cut into columns."""

from collections.abc import Sequence
from datetime import date, timedelta

DAY, WEEK = 1, 7
PERIODS = {30: DAY, 90: DAY, 364: WEEK}  # days, and the days of one column
USUAL = 30


def columns(days: int, today: date) -> Sequence[date]:
    """The first day of each column, the oldest first."""
    width = PERIODS[days]
    return [today - timedelta(days=n - 1) for n in range(days, 0, -width)]


def column_of(day: date, first: date, days: int) -> int:
    return (day - first).days // PERIODS[days]
