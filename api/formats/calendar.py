"""The day a title opens as an entry for a calendar (iCalendar, RFC 5545)."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from api.formats.works import Work
from api.spoken import N_

MEDIA_TYPE = "text/calendar"
SUFFIX = ".ics"
LONGEST_LINE = 75  # bytes, without the break


def opening(work: Work, opens_at: datetime, house: str) -> bytes:
    """One event of no length at the moment of opening. It keeps its name, so a changed date moves it."""
    record = work.record
    can_be_read = N_("{title} can be read", title=record.full_title)
    where = N_("The full text opens at {house}: {address}", house=house, address=work.url)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gatefold//Openings//EN",
        "BEGIN:VEVENT",
        f"UID:opening-of{work.path.replace('/', '-')}@{urlsplit(work.url).hostname}",
        f"DTSTAMP:{_moment(record.modified_at or opens_at)}",
        f"DTSTART:{_moment(opens_at)}",
        f"SUMMARY:{_text(can_be_read.told())}",
        f"DESCRIPTION:{_text(where.told())}",
        f"URL:{work.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line.encode()) for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """The text with what has a meaning in a value made plain (section 3.3.11)."""
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: bytes) -> bytes:
    """The line in pieces of at most 75 bytes, no letter cut, each but the first after a blank (section 3.1)."""
    pieces, room = [], LONGEST_LINE
    while len(line) > room:
        cut = room
        while line[cut] & 0xC0 == 0x80:  # within a letter of UTF-8
            cut -= 1
        pieces.append(line[:cut])
        line, room = line[cut:], LONGEST_LINE - 1
    return b"\r\n ".join([*pieces, line]) + b"\r\n"
