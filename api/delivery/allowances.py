"""Fair use in rules and words: what an account and a network may take in a day, and where they stand with it.

From four fifths of an allowance a warning, from the whole a slower pace, from one and a half on no new link until the
day is over. A day is one in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

from api.edge import words
from api.edge.limits import Whose
from api.errors import TooMany
from api.spoken import N_, Said


class What(StrEnum):
    LINKS = "links"
    MEGABYTES = "megabytes"


class Stage(IntEnum):
    """How far into its allowance an account or a network is."""

    FREE = 0
    WARNED = 1
    SLOWED = 2
    PAUSED = 3


REACHED = ((1.5, Stage.PAUSED), (1.0, Stage.SLOWED), (0.8, Stage.WARNED))  # times the allowance


class Who(NamedTuple):
    """A reader, and the network they ask from as it is counted by; in memory only."""

    user_id: int
    network: str


@dataclass(frozen=True)
class Allowance:
    """So many links, or megabytes, in a day. What is used is counted in links, or in kilobytes."""

    whose: Whose
    what: What
    many: int

    def stage(self, used: int) -> Stage:
        whole = self.many * (1000 if self.what is What.MEGABYTES else 1)
        return next((stage for share, stage in REACHED if used >= share * whole), Stage.FREE)

    def amount(self, used: int) -> str:
        """`15.2 GB`, or `84 links`."""
        if self.what is What.MEGABYTES:
            return Said("{size}", size=lambda: words.size(used * 1000))
        return N_("{n} link", "{n} links", n=used)

    @property
    def in_words(self) -> str:
        whole = self.many * (1000 if self.what is What.MEGABYTES else 1)
        return N_("{amount} a day", amount=self.amount(whole))

    def key(self, who: Who) -> str:
        return f"{self.whose} {who.user_id if self.whose is Whose.ACCOUNT else who.network}"


@dataclass(frozen=True)
class Standing:
    """Where someone stands today: the furthest stage that any allowance has reached, which one, and how much of it."""

    stage: Stage = Stage.FREE
    allowance: Allowance | None = None
    used: int = 0
    slow_pace: int = 0

    @property
    def pace(self) -> int | None:
        """Bytes in a second that a transfer may have; None for as many as there are."""
        return self.slow_pace if self.stage >= Stage.SLOWED else None

    @property
    def warning(self) -> str | None:
        """What the reader is told beside a link."""
        if self.allowance is None or self.stage is Stage.FREE:
            return None
        how_much = {"used": self.allowance.amount(self.used), "allowance": self.allowance.in_words}
        is_account = self.allowance.whose is Whose.ACCOUNT
        if self.stage is Stage.WARNED:
            return (
                N_(
                    "Your account has used most of today’s allowance: {used} of {allowance}. Beyond it downloads go on "
                    "slowly, and in the end there is no new link until 00:00 UTC.",
                    **how_much,
                )
                if is_account
                else N_(
                    "Your network has used most of today’s allowance: {used} of {allowance}. Beyond it downloads go on "
                    "slowly, and in the end there is no new link until 00:00 UTC.",
                    **how_much,
                )
            )
        return (
            N_(
                "Your account has used up today’s allowance: {used} of {allowance}. Downloads go on slowly until 00:00 "
                "UTC; if it becomes much more, there is no new link until then.",
                **how_much,
            )
            if is_account
            else N_(
                "Your network has used up today’s allowance: {used} of {allowance}. Downloads go on slowly until 00:00 "
                "UTC; if it becomes much more, there is no new link until then.",
                **how_much,
            )
        )

    def refuse_if_paused(self, now: datetime, way_on: tuple[str, str] | None) -> None:
        """Raises TooMany."""
        if self.allowance is None or self.stage is not Stage.PAUSED:
            return
        used, until = self.allowance.amount(self.used), _midnight(now)
        is_account = self.allowance.whose is Whose.ACCOUNT
        raise TooMany(
            N_(
                "Your account has had {used} today, which is far more than fair use allows. That has been noted for "
                "the press, without your name. Tomorrow it all begins anew.",
                used=used,
            )
            if is_account
            else N_(
                "Your network has had {used} today, which is far more than fair use allows. That has been noted for "
                "the press, without your name. Tomorrow it all begins anew.",
                used=used,
            ),
            heading=N_("Please wait until {time}", time=f"{words.clock_time(until)} UTC"),
            limit=f"fair use of {self.allowance.what} by {self.allowance.whose}",
            until=until,
            facts=[
                (N_("Allowance"), self.allowance.in_words),
                (N_("Your account has had") if is_account else N_("Your network has had"), used),
                (
                    N_("Next one from"),
                    N_("{day}, {time} UTC", day=lambda: words.day(until), time=words.clock_time(until)),
                ),
            ],
            way_on=way_on,
        )


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)
