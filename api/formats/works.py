"""What is written down in other languages: a title or a chapter of it, with what every format asks of either."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from api.formats.gate import Gate
from api.formats.record import ContentsLine, Credited, Person, TitleRecord, joined_title
from api.tables import Contribution, Kind

_SAFE_IN_DOI = "/:;().,_-+!*'$&=@~"


@dataclass(frozen=True)
class Work:
    """A title, or the chapter of it that is named. `public_url` is the portal's own, `is_open` whether all may read.

    Where a title and a chapter have the same fact, it is asked for here; what only one of them has, there.
    """

    record: TitleRecord
    public_url: str
    chapter: ContentsLine | None = None
    is_open: bool = False
    gate: Gate = Gate.SIGN_IN  # where it is not open, what stands before it

    @property
    def path(self) -> str:
        """The address of its page, below the portal's."""
        return f"{self.record.path}/chapters/{self.chapter.address}" if self.chapter else self.record.path

    @property
    def url(self) -> str:
        """Its canonical address."""
        return self.public_url + self.path

    @property
    def doi(self) -> str | None:
        return self.chapter.doi if self.chapter else self.record.doi

    @property
    def our_doi(self) -> str | None:
        """The DOI, if it leads here."""
        return self.doi if (self.chapter or self.record).doi_is_ours else None

    @property
    def link(self) -> str:
        """What it is cited by: the address of our own DOI, else its page."""
        return doi_address(self.our_doi) if self.our_doi else self.url

    @property
    def name(self) -> str:
        return self.chapter.name if self.chapter else title_of(self.record)

    @property
    def language(self) -> str:
        return (self.chapter.language if self.chapter else None) or self.record.language

    @property
    def abstract(self) -> str:
        """As plain paragraphs."""
        return (self.chapter or self.record).prose.text

    @property
    def licence_uri(self) -> str | None:
        return (self.chapter.licence_uri if self.chapter else None) or self.record.licence_uri

    @property
    def authors(self) -> tuple[Person, ...]:
        """A chapter that names nobody is by the authors of the book, if it has any."""
        return (self.chapter.authors if self.chapter else ()) or self.record.authors

    @property
    def editors(self) -> tuple[Person, ...]:
        """Of the title: a chapter is edited by those who edit the volume."""
        return self.record.editors

    @property
    def translators(self) -> tuple[Person, ...]:
        credited: Credited = self.chapter or self.record
        return credited.of_role(Contribution.TRANSLATOR)

    @property
    def issuer(self) -> str | None:
        """Who stands behind it: the publisher, or the institution that issues a report."""
        record = self.record
        if record.kind in (Kind.REPORT, Kind.PAPER):
            return record.institution or record.publisher
        return record.publisher

    @property
    def date(self) -> str | None:
        """The work's own date with its precision; where it has none, the day it was first published here."""
        record = self.record
        if record.published or record.posted_at is None:
            return record.published
        return record.posted_at.astimezone(UTC).date().isoformat()

    @property
    def chapters(self) -> "list[Work]":
        """Those of a title, in order."""
        lines = () if self.chapter else self.record.contents
        return [replace(self, chapter=line) for line in lines if not line.is_part]


def work_at(work: Work, address: int) -> Work | None:
    """The chapter at this address of a title, or None."""
    return next((each for each in work.chapters if each.chapter and each.chapter.address == address), None)


def title_of(record: TitleRecord) -> str:
    """The title and subtitle as a bibliography has them, unless the press joins them in another way than usual."""
    if record.subtitle and record.full_title == joined_title(record.title, record.subtitle):
        return f"{record.title}{' ' if record.title.endswith(('?', '!')) else ': '}{record.subtitle}"
    return record.full_title


def last_change(works: Iterable[Work]) -> datetime | None:
    """When anything said in these works was last changed."""
    return max((work.record.modified_at for work in works if work.record.modified_at), default=None)


def cover_address(work: Work, form: str) -> str:
    """Of the cover as `svg`, `png` or `webp`; a chapter has its title's."""
    return f"{work.public_url}/covers/{work.record.slug}.{form}"


def preview_address(work: Work) -> str:
    """Of the picture that link previews show."""
    return f"{work.public_url}/covers/{work.record.slug}/preview.png"


def doi_address(doi: str) -> str:
    """A DOI as the link that it is shown as; what would end or bend an address is escaped."""
    return f"https://doi.org/{quote(doi, safe=_SAFE_IN_DOI)}"
