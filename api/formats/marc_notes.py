"""The notes, subjects and links of a MARC 21 record: contents, access, abstract, what it is part of, where it is."""

from collections.abc import Iterator

from api.formats.accessibility import accessibility_of
from api.formats.gate import Gate
from api.formats.library import access_note, doi_uri, gate_of, host_of, licence, page_range, year_of
from api.formats.marc_field import Field, field
from api.formats.record import About
from api.formats.works import Work
from api.tables import SubjectScheme

_MOST_OF_A_NOTE = 2_000  # characters, up to four bytes each: a binary field holds 9,999 bytes
_SCHEMES = {SubjectScheme.THEMA: "thema", SubjectScheme.BISAC: "bisacsh", SubjectScheme.JEL: "jelc"}


def after_series(work: Work) -> Iterator[Field]:
    """The notes."""
    yield from _contents(work)
    if gate_of(work) is Gate.OPEN:
        yield field("506", "0 ", ("a", access_note(work)), ("f", "Unrestricted online access"), ("2", "star"))
    else:
        yield field("506", "1 ", ("a", access_note(work)), ("f", "Online access with authorization"), ("2", "star"))
    for piece in _pieces(work.abstract.split()):
        yield field("520", "3 ", ("a", piece))
    known = accessibility_of(work.record, work.chapter)
    yield field("532", "8 ", ("a", known.summary[:_MOST_OF_A_NOTE] if known is not None else None))
    if work.chapter is None:
        for worded in work.record.wordings:
            for piece in _pieces(worded.prose.text.split()):
                yield field("520", "3 ", ("a", piece))
        for funding in work.record.funding:
            yield field("536", "  ", ("a", funding.funder), ("c", funding.award))
    name, uri = licence(work)
    yield field("540", "  ", ("a", name), ("u", uri))
    yield field("588", "0 ", ("a", "Description by the publisher"))


def after_names(work: Work) -> Iterator[Field]:
    """Subjects, links to other works, and the address."""
    for about in work.record.subjects:
        yield _subject(about)
    record, line = work.record, work.chapter
    if line is not None:
        pages = page_range(line)
        imprint = ", ".join(part for part in (record.place, work.issuer, year_of(work)) if part)
        yield field(
            "773",
            "0 ",
            ("t", record.full_title),
            ("d", imprint),
            ("g", f"pages {pages}" if pages else None),
            ("o", doi_uri(record.doi)),
            ("w", f"({host_of(work.public_url)})title-{record.id}"),
            ("z", record.isbn),
        )
    else:
        for each in record.isbns:
            label = each.kind.removeprefix("isbn-")
            yield field("776", "08", ("i", f"Other format ({label}):"), ("t", record.full_title), ("z", each.value))
    yield field("856", "40", ("u", work.url), ("z", access_note(work)))
    yield field("856", "40", ("u", doi_uri(work.doi)))


def _contents(work: Work) -> Iterator[Field]:
    """The chapters with their authors; a second field where one is too long."""
    chapters = []
    for each in work.chapters:
        line = each.chapter
        if line is not None:
            names = ", ".join(person.display for person in line.authors)
            chapters.append(f"{line.name} / {names}" if names else line.name)
    for place, piece in enumerate(_pieces(chapters, " -- ")):
        yield field("505", "8 " if place else "0 ", ("a", piece))


def _pieces(words: list[str], between: str = " ") -> Iterator[str]:
    piece = ""
    for word in words:
        if piece and len(piece) + len(between) + len(word) > _MOST_OF_A_NOTE:
            yield piece
            piece = ""
        piece = f"{piece}{between}{word}" if piece else word
    if piece:
        yield piece


def _subject(about: About) -> Field:
    match about.scheme:
        case SubjectScheme.KEYWORD:
            return field("653", "  ", ("a", about.heading))
        case SubjectScheme.LCSH:
            return field("650", " 0", ("a", about.heading or about.code))
        case SubjectScheme.LCC:
            return field("050", " 4", ("a", about.code or about.heading))
        case SubjectScheme.DDC:
            return field("082", "04", ("a", about.code or about.heading))
    if about.code is None:
        return field("650", " 7", ("a", about.heading), ("2", _SCHEMES[about.scheme]))
    return field("072", " 7", ("a", about.code), ("x", about.heading), ("2", _SCHEMES[about.scheme]))
