"""Use: a row for each thing that happened, as COUNTER counts it and with no person in it; its salts, and its sums."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from api.tables.base import Instant


class EventKind(StrEnum):
    """What happened. The first three are COUNTER's; the others lead from a page to a file."""

    INVESTIGATION = "investigation"  # a landing page was seen
    REQUEST = "request"  # a file was served, from its byte 0 on
    NO_LICENSE = "no-license"  # someone asked for a file and no rule admitted them
    SIGN_IN_STARTED = "sign-in-started"
    SIGNED_IN = "signed-in"
    SEARCH = "search"  # COUNTER's too: of the whole portal, never of a title


class DataType(StrEnum):
    BOOK = "Book"
    BOOK_SEGMENT = "Book_Segment"  # a chapter of a book
    REPORT = "Report"
    PLATFORM = "Platform"  # of searches


class AccessType(StrEnum):
    """COUNTER's: a free title that asks for a sign-in is controlled."""

    OPEN = "Open"
    CONTROLLED = "Controlled"


class Event(SQLModel, table=True):
    """One thing that happened, as everything stood at that moment. Staff, previews and prefetches are never here.

    `what` tells one search of a reader's from another by a digest under the day's salt; what was searched is not here.

    `user_key` stands for one reader on one day in UTC and for nobody once the day's salt is gone. With the
    hour of `happened_at` it is COUNTER's session; with the title, the chapter and `kind` it finds double clicks,
    which are all kept and folded by whoever counts. There is no ticket: the ticket's reader is in the key.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    happened_at: datetime = Field(sa_type=Instant, index=True)
    title_id: int | None = Field(default=None, foreign_key="title.id")  # none for a sign-in from elsewhere
    chapter_id: int | None = Field(default=None, foreign_key="chapter.id", ondelete="SET NULL")  # none: the whole
    edition_id: int | None = Field(default=None, foreign_key="edition.id")
    data_type: str | None = Field(default=None, max_length=20)
    items: int = 1  # how often it counts among items: a whole volume, once for each chapter known then
    access_type: str | None = Field(default=None, max_length=20)
    access_method: str = Field(default="Regular", max_length=20)
    status: int  # of the answer: 200, 206, 303, 304, 401 or 403
    delivery: str | None = Field(default=None, max_length=20)  # of a request: how the bytes left
    in_browser: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})  # read, not downloaded
    provider: str | None = Field(default=None, max_length=40)  # of a signed-in reader
    user_key: str = Field(max_length=64)
    is_robot: bool = False
    agent: str = Field(default="", max_length=200)  # numbers blurred unless a robot's; a changed list counts again
    referrer_host: str | None = Field(default=None, max_length=255)  # another site's, without path
    institution: str | None = Field(default=None, max_length=120)  # the slug of the one it counts for
    what: str | None = Field(default=None, max_length=16)


class DailySalt(SQLModel, table=True):
    """The random part of a day's keys. Once it is gone nobody can be found in them."""

    __tablename__ = "daily_salt"

    day: date = Field(primary_key=True)
    salt: str = Field(max_length=43)


class UsageMonth(SQLModel, table=True):
    """A month whose events have been summed. `robots` tells by which lists; then events can go (`forgotten_at`)."""

    __tablename__ = "usage_month"

    month: str = Field(primary_key=True, max_length=7)  # 2026-01
    closed_at: datetime = Field(sa_type=Instant)
    events: int  # that were there, robots included
    robots: str = Field(max_length=64)
    forgotten_at: datetime | None = Field(default=None, sa_type=Instant)


class UsageSum(SQLModel, table=True):
    """What a month's use of one item comes to, for one institution or, with an empty name, for the world.

    Without a chapter it is of the whole, or of parts not known; a book's title metrics are there alone. Searches
    stand under the title 0. The names stay without foreign keys: what was counted stands, whatever becomes of an
    institution or a chapter.
    """

    __tablename__ = "usage_sum"

    institution: str = Field(primary_key=True, max_length=120)
    month: str = Field(primary_key=True, max_length=7)
    title_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    chapter_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 0: none
    data_type: str = Field(primary_key=True, max_length=20)  # of the title: Book or Report
    access_type: str = Field(primary_key=True, max_length=20)
    access_method: str = Field(primary_key=True, max_length=20)
    yop: str = Field(primary_key=True, max_length=4)
    total_item_investigations: int
    total_item_requests: int
    unique_item_investigations: int
    unique_item_requests: int
    unique_title_investigations: int
    unique_title_requests: int
    no_license: int
    searches_platform: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class UsageDay(SQLModel, table=True):
    """A day (UTC) whose events have been summed for the press; `is_over`: for the last time."""

    __tablename__ = "usage_day"

    day: date = Field(primary_key=True)
    counted_at: datetime = Field(sa_type=Instant)
    is_over: bool


class DaySum(SQLModel, table=True):
    """What a day's use of one title comes to, or of all titles (0); of everybody's, or of those of one `value`.

    `by` is what the value is: a provider, an institution, or the site that led here, empty where none did. People
    are counted by the day's keys, so nobody is in here either.
    """

    __tablename__ = "usage_day_sum"
    __table_args__ = (sa.Index("ix_usage_day_sum_listed", "by", "day"),)

    title_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    by: str = Field(primary_key=True, max_length=20)
    day: date = Field(primary_key=True)
    value: str = Field(primary_key=True, max_length=255)
    viewers: int  # people who saw the page, before they signed in or signed in already
    starters: int  # people who chose to sign in
    arrivals: int  # people who came back signed in
    readers: int  # people who got the file
    reads: int
    downloads: int


class MostUsed(SQLModel, table=True):
    """The titles used most in the last so many days, in order: found beforehand, so that a page need not add up all."""

    __tablename__ = "usage_most_used"

    days: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # from 1
    title_id: int
    used: int  # reads and downloads
