"""How a title or a chapter is cited, in words, in four styles; with the version where there is more than one.

A file that replaces another under the same address is a version of it (CSL and DataCite have a field of that
name). An edition in the bibliographic sense ("2nd ed.") is what the press says of the work, in its record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.formats.citing import OPEN, SHUT
from api.formats.citing_apa import reference
from api.formats.citing_chicago import after_notes, with_year
from api.formats.citing_mla import entry
from api.formats.works import Work
from api.spoken import ENGLISH, N_, speaking

APA = "apa"


@dataclass(frozen=True)
class Style:
    label: str
    write: Callable[[Work], str]


STYLES: Mapping[str, Style] = {
    APA: Style(N_("APA, 7th edition"), reference),
    "mla": Style(N_("MLA, 9th edition"), entry),
    "chicago-notes": Style(N_("Chicago, 18th edition, notes and bibliography"), after_notes),
    "chicago-author-date": Style(N_("Chicago, 18th edition, author and date"), with_year),
}


@dataclass(frozen=True)
class Citation:
    """What stands before the title of the book or report, that title (set in italics), what follows, and the address.

    `full_stop` is what some styles put behind the address, the series among it.
    """

    style: str
    label: str
    lead: str
    title: str
    rest: str
    address: str
    full_stop: str

    @property
    def text(self) -> str:
        return f"{self.lead}{self.title}{self.rest}{self.address}{self.full_stop}"


def cite(work: Work, style: str = APA) -> Citation:
    """The citation in one of `STYLES`, in English, as programs expect it."""
    with speaking(ENGLISH):
        return _cited(work, style)


def _cited(work: Work, style: str) -> Citation:
    lead, _, rest = STYLES[style].write(work).partition(OPEN)
    title, _, rest = rest.partition(SHUT)
    rest, _, after = rest.rpartition(work.link)
    return Citation(style, STYLES[style].label, lead, title, rest, work.link, after)


def citations(work: Work) -> list[Citation]:
    """In all styles, the usual one first, with the short words of the language that is spoken."""
    return [_cited(work, style) for style in STYLES]
