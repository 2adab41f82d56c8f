"""What a title can lack: for which aim, at which field, how much it weighs, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.formats.pdf_facts import PdfFacts
from api.formats.record import ContentsLine, TitleRecord
from api.spoken import N_
from api.tables import Kind

BOOKS = (Kind.EDITED_VOLUME, Kind.MONOGRAPH)
FILE, ACCESS = "file", "access"  # what a gap is at where it is no field of the record


class Aim(StrEnum):
    """What a title is made ready for."""

    PUBLICATION = "publication"
    SCHOLAR = "scholar"
    CITATION = "citation"
    CROSSREF = "crossref"
    ONIX = "onix"
    LIBRARIES = "libraries"
    OPDS = "opds"
    ACCESSIBILITY = "accessibility"


NAMES = {
    Aim.PUBLICATION: N_("Publication"),
    Aim.SCHOLAR: N_("Google Scholar and Zotero"),
    Aim.CITATION: N_("Citations: BibTeX, RIS, CSL"),
    Aim.CROSSREF: N_("Crossref deposit"),
    Aim.ONIX: N_("Book trade: ONIX 3.1"),
    Aim.LIBRARIES: N_("Libraries: MARC and KBART"),
    Aim.OPDS: N_("Reading apps: OPDS"),
    Aim.ACCESSIBILITY: N_("Accessibility"),
}


class Weight(StrEnum):
    """A title without what is needed does not go out; a choice has to be made knowingly; the rest is better so."""

    NEEDED = "needed"
    CHOICE = "choice"
    BETTER = "better"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing. `field` is its path as the record's rules call it, or FILE or ACCESS."""

    aim: Aim
    weight: Weight
    field: str
    what: str
    mend: str

    @property
    def page(self) -> str:
        """The page of the title on which it is mended."""
        if self.field in (FILE, ACCESS):
            return self.field
        return "contents" if self.field.startswith("contents") else "record"

    @property
    def anchor(self) -> str:
        """The field's id on that page, which is its path."""
        return "" if self.field in (FILE, ACCESS) else self.field


@dataclass(frozen=True)
class Stand:
    """How a title stands: its record, whether it has rules, what was seen in its file, and whether one is on its way.

    `facts` is None for no file, and for one that came before they were kept.
    """

    record: TitleRecord
    has_rules: bool
    facts: PdfFacts | None = None
    is_checking: bool = False

    @property
    def is_book(self) -> bool:
        return self.record.kind in BOOKS

    @property
    def chapters(self) -> Sequence[tuple[int, ContentsLine]]:
        """The chapters, each with the number of its line from 1 on."""
        return [(at, line) for at, line in enumerate(self.record.contents, start=1) if not line.is_part]
