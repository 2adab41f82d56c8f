"""What can be had of a title: the whole in its newest edition, the whole in any one edition, or one chapter."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from api.formats.filename import RESERVED, readable
from api.formats.files import ChapterFileRecord, FileRecord
from api.formats.record import ContentsLine, EditionRecord, TitleRecord


@dataclass(frozen=True)
class Offer:
    """Something with a stable address: `path` + `.pdf` is its file, `path` + `/tickets` is where links are made.

    `come_back_to` is the page that says how to get it. Without a file (None) it is in preparation. What is read in the
    browser is `is_inline`; everything else is a download.
    """

    record: TitleRecord
    path: str
    come_back_to: str
    file: FileRecord | None
    edition: EditionRecord | None = None
    chapter: ContentsLine | None = None
    is_inline: bool = False

    @property
    def edition_id(self) -> int | None:
        if self.chapter is not None and self.chapter.file is not None:
            return self.chapter.file.edition_id
        return self.edition.id if self.edition is not None else None

    @property
    def is_older(self) -> bool:
        """Whether there is a newer edition of the title than the one this is from."""
        newest = self.record.edition
        return newest is not None and self.edition_id is not None and self.edition_id != newest.id

    @property
    def link_name(self) -> str:
        """The last part of a time-limited link: plain ASCII, the same for every edition."""
        chapter = f"-chapter-{self.chapter.address}" if self.chapter is not None else ""
        name = f"{self.record.slug}{chapter}.pdf"
        return f"_{name}" if RESERVED.match(name) else name

    @property
    def saved_name(self) -> str:
        """The name the file gets on the reader's disk."""
        record = self.record
        version = f" (version {self.edition.number})" if self.is_older and self.edition is not None else ""
        if self.chapter is not None:
            return readable(_chapter_words(record, self.chapter), after=version, otherwise=self.link_name[:-4])
        whole = f"{record.title} – {record.subtitle}" if record.subtitle else record.title
        words = whole if len(whole.encode()) <= _COMFORTABLE else record.title
        return readable(words, after=version, otherwise=record.slug)


_COMFORTABLE = 120  # bytes; a longer title goes without its subtitle


def whole(record: TitleRecord) -> Offer:
    return Offer(record, record.path, f"{record.path}?get=pdf", record.edition, record.edition)


def in_browser(record: TitleRecord, page: str = "") -> Offer:
    """The whole, to be read in the browser from a page on."""
    query = f"?get=read&page={page}" if page else "?get=read"
    return replace(whole(record), come_back_to=f"{record.path}{query}", is_inline=True)


def reader_address(record: TitleRecord, page: str = "") -> str:
    """Where the title is read in the browser, from a page on."""
    return f"{record.path}/read?page={quote(page, safe='')}" if page else f"{record.path}/read"


def of_edition(record: TitleRecord, number: int) -> Offer | None:
    """One edition by its number, at an address that goes on meaning it; None where there is none."""
    edition = next((each for each in editions(record) if each.number == number), None)
    if edition is None:
        return None
    path = f"{record.path}/editions/{number}"
    return Offer(record, path, f"{record.path}?get=pdf&edition={number}", edition, edition)


def of_chapter(record: TitleRecord, address: int) -> Offer | None:
    """A chapter by the number of its address; None where there is none."""
    line = next((each for each in record.contents if each.address == address), None)
    return _chapter(record, line) if line is not None else None


def of_ticket(record: TitleRecord, edition: EditionRecord, chapter: tuple[int, ChapterFileRecord] | None) -> Offer:
    """What a ticket was made for: an edition, or the file that a chapter (by its id) had in it."""
    if chapter is None:
        return Offer(record, record.path, f"{record.path}?get=pdf", edition, edition)
    chapter_id, file = chapter
    line = next(each for each in record.contents if each.id == chapter_id)
    return _chapter(record, replace(line, file=file))


def editions(record: TitleRecord) -> tuple[EditionRecord, ...]:
    """Every edition of a title, the newest first."""
    return (record.edition, *record.earlier) if record.edition is not None else ()


def _chapter(record: TitleRecord, line: ContentsLine) -> Offer:
    path = f"{record.path}/chapters/{line.address}"
    edition = next((each for each in editions(record) if line.file and each.id == line.file.edition_id), None)
    return Offer(record, path, f"{path}?get=pdf", line.file, edition, line)


def _chapter_words(record: TitleRecord, line: ContentsLine) -> str:
    number = f"{line.number} " if line.number else ""
    return f"{number}{line.name} – {record.title}"
