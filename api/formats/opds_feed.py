"""What a feed for e-readers says, whatever the version of OPDS it is written in: where to go on, or which titles."""

from dataclasses import dataclass
from datetime import datetime

from api.formats.gate import Gate
from api.formats.library import access_note, gate_of
from api.formats.works import Work
from api.spoken import told

START = "/opds"
AUTHENTICATION = f"{START}/authentication"
AUTHENTICATION_TYPE = "application/opds-authentication+json"
SEARCH = f"{START}/search"
SEARCH_WORDS = "query"  # what the words are called in its address; Thorium knows no other name
DESCRIPTION = f"{SEARCH}.xml"
DESCRIPTION_TYPE = "application/opensearchdescription+xml"
DOCUMENT_REL = "http://opds-spec.org/auth/document"
ACQUISITION = "http://opds-spec.org/acquisition"
OPEN_ACQUISITION = f"{ACQUISITION}/open-access"


@dataclass(frozen=True)
class Way:
    """A way on from the first feed. `rel` is what it is to programs, where there is a word for it."""

    title: str
    path: str
    words: str
    rel: str = "subsection"


@dataclass(frozen=True)
class Feed:
    """The feed at `path`, with its query. With `ways` it leads on, else it lists `works`; `next` is its next leaf."""

    title: str
    path: str
    public_url: str
    house: str
    changed_at: datetime
    ways: tuple[Way, ...] = ()
    works: tuple[Work, ...] = ()
    next: str | None = None

    def address(self, path: str) -> str:
        return self.public_url + path


def acquisition_rel(work: Work) -> str:
    return OPEN_ACQUISITION if work.is_open else ACQUISITION


def is_to_be_had(work: Work) -> bool:
    """Whether anybody gets the file now."""
    return gate_of(work) not in (Gate.NOT_YET, Gate.CLOSED)


def description(work: Work) -> str:
    """The abstract, and who may read the file where not everyone may."""
    parts = [work.abstract or work.record.standfirst or ""]
    if not work.is_open:
        parts.append(told(access_note(work)))
    return "\n\n".join(part for part in parts if part)


def cover(work: Work, kind: str) -> str:
    return f"{work.public_url}/covers/{work.record.slug}.{kind}"
