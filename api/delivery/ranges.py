"""What part of a file a request gets: one range or the whole, or that nothing has changed (RFC 9110, 13 and 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """The answer's status (200, 206, 304, 412 or 416) and, with bytes, where they start and how many there are."""

    status: int
    start: int = 0
    length: int = 0

    @property
    def is_use(self) -> bool:
        """A transfer that starts at byte 0 is one use of a ticket; continuing ranges are free."""
        return self.status in (200, 206) and self.start == 0


def part_of(size: int, etag: str, modified: datetime, headers: Mapping[str, str]) -> Part:
    """The part of a file of `size` bytes that these request headers (names in lower case) ask for.

    A range that can't be read, several ranges and unknown units are ignored, as HTTP asks; a range that lies
    beyond the end is 416.
    """
    unmet = _unmet_condition(etag, modified, headers)
    if unmet is not None:
        return Part(unmet)
    asked = ONE_RANGE.fullmatch(headers.get("range", ""))
    if asked is None or asked.groups() == ("", "") or not _range_still_applies(etag, modified, headers):
        return Part(200, 0, size)
    first, last = asked.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
        if int(last) == 0:
            return Part(416)
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return Part(200, 0, size)
    if start >= size:
        return Part(416)
    return Part(206, start, end - start)


def may_be_use(headers: Mapping[str, str]) -> bool:
    """Whether the transfer may start at byte 0, told before the file's size is known; in doubt, yes."""
    asked = ONE_RANGE.fullmatch(headers.get("range", ""))
    if asked is None or asked[1] == "" or "if-range" in headers:
        return True
    return int(asked[1]) == 0 or (asked[2] != "" and int(asked[2]) < int(asked[1]))


def _unmet_condition(etag: str, modified: datetime, headers: Mapping[str, str]) -> int | None:
    if "if-match" in headers:
        if not _matches(headers["if-match"], etag):
            return 412
    elif _changed_since(headers.get("if-unmodified-since"), modified) is True:
        return 412
    if "if-none-match" in headers:
        return 304 if _matches(headers["if-none-match"], etag) else None
    return 304 if _changed_since(headers.get("if-modified-since"), modified) is False else None


def _range_still_applies(etag: str, modified: datetime, headers: Mapping[str, str]) -> bool:
    condition = headers.get("if-range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition.strip() == etag
    return _date(condition) == modified.replace(microsecond=0)


def _matches(field: str, etag: str) -> bool:
    return field.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in field.split(","))


def _changed_since(field: str | None, modified: datetime) -> bool | None:
    """None where no date, or none that can be read, is given."""
    date = _date(field) if field is not None else None
    return modified.replace(microsecond=0) > date if date is not None else None


def _date(field: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(field)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
