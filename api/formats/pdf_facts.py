"""What was seen in a PDF when it came in, as it is kept with the file: typed, bounded, and read back as it was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True)
class Bookmark:
    """A line of the PDF's own contents. `page` counts from 0, `depth` too."""

    name: str
    page: int
    depth: int


@dataclass(frozen=True)
class Metadata:
    """What the document says of itself, as far as it does: nobody has checked it. Dates as `2022-05-17`."""

    title: str = ""
    author: str = ""  # several are parted by semicolons
    subject: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""  # BCP 47
    created: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Accessibility:
    """Signals, not a verdict. `pdf_ua` is the part of PDF/UA that the file claims to follow."""

    tagged: bool = False
    language: str = ""
    title_shown: bool = False  # in the window's bar, instead of the file's name
    figures: int = 0
    figures_described: int = 0  # with words in their place
    pdf_ua: int | None = None


@dataclass(frozen=True)
class PdfFacts:
    """`labels` has the printed label of every page, or is empty where the PDF has none.

    `text_share` is the share of the pages looked at that carry text (0 to 1); None where none could be looked at.
    """

    page_count: int
    labels: tuple[str, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    text_share: float | None = None
    metadata: Metadata = field(default_factory=Metadata)
    accessibility: Accessibility = field(default_factory=Accessibility)

    def label(self, page: int) -> str:
        """The printed label of a page counted from 0; its number counted from 1 where there is none."""
        return (self.labels[page] if page < len(self.labels) else "") or str(page + 1)


def as_json(facts: PdfFacts) -> dict[str, Any]:
    """A plain mapping for a JSON column; `facts_of` reads it back."""
    return asdict(facts)


def facts_of(kept: Mapping[str, Any] | None) -> PdfFacts | None:
    """The facts in a JSON column: None for a file that came before they were kept. ValueError if they are none."""
    if kept is None:
        return None
    try:
        return _reader().validate_python(kept)
    except ValidationError as error:
        raise ValueError("these are no facts of a PDF") from error


@cache
def _reader() -> TypeAdapter[PdfFacts]:
    return TypeAdapter(PdfFacts)
