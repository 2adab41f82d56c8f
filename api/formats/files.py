"""Files as the shelf knows them: what is said of any, and a chapter's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.formats.accessible import Seen
from api.tables import Origin


class FileRecord(Protocol):
    """A PDF in the store: size in bytes, SHA-256 in hexadecimal, and since when it is what is handed out."""

    @property
    def made_at(self) -> datetime: ...

    @property
    def page_count(self) -> int: ...

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> str: ...

    @property
    def media_type(self) -> str: ...


@dataclass(frozen=True)
class ChapterFileRecord:
    """A chapter's own file and what was seen in it. `edition` is the number of the edition it belongs to."""

    id: int
    edition_id: int
    edition: int
    origin: Origin
    made_at: datetime
    page_count: int
    size: int
    sha256: str
    media_type: str
    seen: Seen | None = None
