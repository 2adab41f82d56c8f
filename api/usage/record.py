"""What is written down about one thing that happened, built from a title, a reader and a request's facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from api.access.policy import Decision, Reader
from api.edge.caller import is_idle_by, peer_address
from api.formats.record import ContentsLine, EditionRecord, TitleRecord
from api.tables import AccessType, DataType, EventKind, Kind
from api.usage.robots import Robots

DATA_TYPES = {
    Kind.EDITED_VOLUME: DataType.BOOK,
    Kind.MONOGRAPH: DataType.BOOK,
    Kind.REPORT: DataType.REPORT,
    Kind.PAPER: DataType.REPORT,
}
COUNTED_METHODS = ("GET", "POST")
HOST_NAME = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z][a-z0-9-]{0,62}")  # never an address
HINTS = {name.encode(): name for name in ("purpose", "sec-purpose", "sec-fetch-site", "sec-fetch-dest")}


@dataclass(frozen=True)
class Item:
    """A title, or a chapter of one, as COUNTER sees it at one moment.

    `chapters` is how many items the whole of a book stands for, those known of it; a report stands for itself.
    """

    title_id: int
    chapter_id: int | None
    edition_id: int | None
    data_type: DataType
    access_type: AccessType
    chapters: int


def item_of(
    record: TitleRecord,
    public_decision: Decision,
    edition: EditionRecord | None = None,
    chapter: ContentsLine | None = None,
) -> Item:
    """The title as it stands, or one chapter. `edition` is the one that was served, where it may not be the newest.

    A chapter of a book is a Book_Segment; COUNTER knows no segment of a report, so there a chapter is a Report.
    """
    edition = edition or record.edition
    data_type = DATA_TYPES[record.kind]
    is_whole_book = data_type is DataType.BOOK and chapter is None
    if data_type is DataType.BOOK and chapter is not None:
        data_type = DataType.BOOK_SEGMENT
    return Item(
        title_id=record.id,
        chapter_id=chapter.id if chapter is not None else None,
        edition_id=edition.id if edition is not None else None,
        data_type=data_type,
        access_type=AccessType.OPEN if public_decision.is_open_to_all else AccessType.CONTROLLED,
        chapters=sum(not line.is_part for line in record.contents) if is_whole_book else 0,
    )


class Caller(NamedTuple):
    """What counting needs of a request and nothing more; bytes as they came, looked at when there is time."""

    method: str
    address: str
    agent: bytes
    referrer: bytes
    hints: tuple[tuple[bytes, bytes], ...]  # headers that tell whether a person clicked

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Caller":
        """The caller of the request with this ASGI scope."""
        agent = referrer = b""
        hints = []
        for header in scope["headers"]:
            name = header[0]
            if name == b"user-agent":
                agent = header[1]
            elif name == b"referer":
                referrer = header[1]
            elif name in HINTS:
                hints.append(header)
        return cls(scope["method"], peer_address(scope), agent, referrer, tuple(hints))


class Sighting(NamedTuple):
    """Something that happened, as the request that saw it knows it; in memory only.

    `status` is that of the answer; `item` is None where no title is meant, as for a search.
    """

    at: datetime
    kind: EventKind
    caller: Caller
    status: int
    item: Item | None = None
    reader: Reader | None = None
    provider: str | None = None
    delivery: str | None = None
    what: str | None = None  # tells one search from another; it is not kept
    in_browser: bool = False  # of a request: read here, not downloaded

    @property
    def is_counted(self) -> bool:
        """Staff are not, nor are HEAD requests, nor what no person clicked."""
        if self.reader is not None and self.reader.is_staff:
            return False
        hints = {HINTS[name]: value.decode("latin-1") for name, value in self.caller.hints}
        return self.caller.method in COUNTED_METHODS and not is_idle_by(hints)

    @property
    def who(self) -> str:
        """Whom the key stands for: the account where there is one, else address and agent."""
        if self.reader is not None:
            return f"user\n{self.reader.user_id}"
        return f"caller\n{self.caller.address}\n{self.caller.agent.decode('latin-1')}"


def event_of(
    seen: Sighting,
    user_key: str,
    robots: Robots,
    own_host: str,
    institution: str | None = None,
    what: str | None = None,
) -> dict[str, Any]:
    """The columns of the event that a sighting makes. `institution` is the one it counts for, `what` a digest."""
    item = seen.item
    is_robot, agent = robots.told(seen.caller.agent)
    return {
        "kind": seen.kind,
        "happened_at": seen.at,
        "title_id": item and item.title_id,
        "chapter_id": item and item.chapter_id,
        "edition_id": item and item.edition_id,
        "data_type": item and item.data_type,
        "access_type": item and item.access_type,
        "items": max(1, item.chapters) if item is not None and seen.kind is EventKind.REQUEST else 1,
        "access_method": "Regular",
        "status": seen.status,
        "delivery": seen.delivery,
        "in_browser": seen.in_browser,
        "provider": seen.reader.provider if seen.reader is not None else seen.provider,
        "user_key": user_key,
        "is_robot": is_robot,
        "agent": agent,
        "institution": institution,
        "what": what,
        "referrer_host": other_host(seen.caller.referrer, own_host) if seen.caller.referrer else None,
    }


def other_host(referrer: bytes, own_host: str) -> str | None:
    """The host name of the site that led here, or None: for our own pages, for addresses, for anything odd."""
    try:
        host = urlsplit(referrer.decode("latin-1")).hostname or ""
    except ValueError:
        return None
    return host if host != own_host and len(host) <= 253 and HOST_NAME.fullmatch(host) else None
