"""From a day's events to what the press looks at: people on the way from a page to the file, reads and downloads.

Before a sign-in a reader's key stands for address and browser, afterwards for the account. So who came back signed
in does not count as having seen the page once more. Plain values, no database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from api.tables import EventKind
from api.usage.counting import DOUBLE_CLICK

ALL_TITLES = 0
EVERYBODY = ""


class By(StrEnum):
    """What a day's use is broken down by."""

    NOTHING = ""
    PROVIDER = "provider"
    INSTITUTION = "institution"
    REFERRER = "referrer"


class Step(NamedTuple):
    """An event as far as the press's figures go; its columns, in this order."""

    user_key: str
    kind: str
    at: datetime
    title_id: int | None
    chapter_id: int | None
    in_browser: bool
    provider: str | None
    institution: str | None
    referrer_host: str | None

    @property
    def titles(self) -> tuple[int, ...]:
        return (ALL_TITLES,) if self.title_id is None else (ALL_TITLES, self.title_id)


class Part(NamedTuple):
    """What is counted together: a title's use, or all titles', everybody's or that of one value."""

    title_id: int
    by: str
    value: str


class Figures:
    """What a day comes to: people, and reads and downloads."""

    __slots__ = NAMES = ("viewers", "starters", "arrivals", "readers", "reads", "downloads")

    viewers: int
    starters: int
    arrivals: int
    readers: int
    reads: int
    downloads: int

    def __init__(self) -> None:
        for name in self.NAMES:
            setattr(self, name, 0)

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.NAMES}


PEOPLE = {
    EventKind.INVESTIGATION: "viewers",
    EventKind.SIGN_IN_STARTED: "starters",
    EventKind.SIGNED_IN: "arrivals",
    EventKind.REQUEST: "readers",
}
Day = dict[Part, Figures]


def count(events: Iterable[Step]) -> Day:
    """Add up a day's events that come ordered by reader's key, then by time. Robots are left out before."""
    day: Day = defaultdict(Figures)
    for _, steps in groupby(events, key=lambda step: step.user_key):
        _count_reader(list(steps), day)
    return day


def _count_reader(steps: list[Step], day: Day) -> None:
    arrived = {title for step in steps if step.kind == EventKind.SIGNED_IN for title in step.titles}
    came_from = _came_from(steps)
    seen: set[tuple[Part, str]] = set()
    for step in steps:
        person = PEOPLE[EventKind(step.kind)]
        for title in step.titles:
            if person == "viewers" and title in arrived:
                continue
            for part in _parts(step, title, came_from):
                if (part, person) not in seen:
                    seen.add((part, person))
                    figures = day[part]
                    setattr(figures, person, getattr(figures, person) + 1)
    for step in _without_double_clicks(steps):
        for title in step.titles:
            for part in _parts(step, title, came_from):
                if step.in_browser:
                    day[part].reads += 1
                else:
                    day[part].downloads += 1


def _came_from(steps: list[Step]) -> dict[int, str]:
    """For each title the first other site that led this reader there today."""
    found: dict[int, str] = {}
    for step in steps:
        if step.kind == EventKind.INVESTIGATION and step.referrer_host:
            for title in step.titles:
                found.setdefault(title, step.referrer_host)
    return found


def _parts(step: Step, title: int, came_from: dict[int, str]) -> Iterator[Part]:
    yield Part(title, By.NOTHING, EVERYBODY)
    if step.institution is not None:
        yield Part(title, By.INSTITUTION, step.institution)
    if step.kind == EventKind.INVESTIGATION:
        yield Part(title, By.REFERRER, came_from.get(title, ""))
    elif step.provider is not None:
        yield Part(title, By.PROVIDER, step.provider)


def _without_double_clicks(steps: list[Step]) -> Iterator[Step]:
    """Files that were served; of several of one thing, each within 30 seconds of the one before, the last."""
    last: dict[tuple[object, ...], Step] = {}
    for step in steps:
        if step.kind != EventKind.REQUEST:
            continue
        thing = (step.title_id, step.chapter_id, step.in_browser)
        before = last.get(thing)
        if before is not None and step.at - before.at > DOUBLE_CLICK:
            yield before
        last[thing] = step
    yield from last.values()
