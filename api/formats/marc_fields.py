"""What a MARC 21 record says of a title or a chapter, field by field; notes and subjects are in `marc_notes`."""

from collections.abc import Iterable, Iterator

from api.formats.accessibility import accessibility_of
from api.formats.languages import three_letters
from api.formats.library import extent, family_name, host_of, local_id, main_title, orcid_uri, people, ror_uri, year_of
from api.formats.marc_field import Field, field
from api.formats.marc_notes import after_names, after_series
from api.formats.record import Person
from api.formats.relators import RELATORS
from api.formats.works import Work
from api.formats.xml import clean
from api.tables import Contribution, IdentifierKind, Kind

_BOOKS = (Kind.MONOGRAPH, Kind.EDITED_VOLUME)
_ONLINE_DOCUMENT = "m     o  d |      "  # 006: a document, to be had online
_REMOTE = "cr |||||||||||"  # 007: an electronic resource elsewhere; nothing else is said of it
_ARTICLES = {  # with which a title isn't filed
    "en": ("the ", "an ", "a "),
    "de": ("der ", "die ", "das ", "ein ", "eine "),
    "fr": ("les ", "le ", "la ", "l’", "l'", "une ", "un "),
    "es": ("los ", "las ", "el ", "la ", "una ", "un "),
    "it": ("gli ", "il ", "lo ", "la ", "le ", "i ", "l’", "l'", "una ", "uno ", "un "),
    "pt": ("os ", "as ", "o ", "a ", "uma ", "um "),
    "nl": ("het ", "de ", "een "),
}
_ISBN_QUALIFIERS = {"isbn-print": "print", "isbn-hardback": "hardback", "isbn-epub": "EPUB"}


def fields_of(work: Work) -> list[Field]:
    """In the order of their tags, and none that says nothing."""
    found = (each for each in _fields(work) if each.content)
    return sorted(found, key=lambda each: each.tag)


def _fields(work: Work) -> Iterator[Field]:
    yield from _control(work)
    yield from _numbers(work)
    main = main_entry(work)
    if main is not None:
        yield _name(main, "1")
    yield from _titles(work, has_main_entry=main is not None)
    if work.chapter is None:
        yield from _publication(work)
    yield Field("336", (("a", "text"), ("b", "txt"), ("2", "rdacontent")))
    yield Field("337", (("a", "computer"), ("b", "c"), ("2", "rdamedia")))
    yield Field("338", (("a", "online resource"), ("b", "cr"), ("2", "rdacarrier")))
    if work.record.edition is not None:
        yield from _assistance(work)
        yield Field("347", (("a", "text file"), ("b", "PDF"), ("2", "rdaft")))
    yield from after_series(work)
    yield from (_name(person, "7") for person in people(work) if person is not main)
    yield from after_names(work)


def main_entry(work: Work) -> Person | None:
    """The first author; an edited volume has none, it is filed under its title."""
    return next((person for person in people(work) if person.role is Contribution.AUTHOR), None)


def _assistance(work: Work) -> Iterator[Field]:
    """What helps those who read otherwise, as far as it is known; field 532 has the words."""
    known = accessibility_of(work.record, work.chapter)
    if known is not None and "textual" in known.modes and known.features:
        features = (("b", feature) for feature in known.features)
        yield Field("341", (("a", "textual"), *features, ("2", "sapdv")), "0")


def _control(work: Work) -> Iterator[Field]:
    record = work.record
    yield Field("001", local_id(work))
    yield Field("003", host_of(work.public_url))
    if record.modified_at is not None:
        yield Field("005", f"{record.modified_at:%Y%m%d%H%M%S}.0")
    yield Field("006", _ONLINE_DOCUMENT)
    yield Field("007", _REMOTE)
    entered = f"{record.posted_at:%y%m%d}" if record.posted_at is not None else "||||||"
    year, language = year_of(work) or "uuuu", three_letters(work.language)
    yield Field("008", f"{entered}s{year}    xx |||| o|||||||| ||{language} d")


def _numbers(work: Work) -> Iterator[Field]:
    record = work.record
    if work.chapter is None:
        yield field("020", "  ", ("a", record.isbn), ("q", "PDF" if record.isbn else None))
        for each in record.isbns:
            yield field("020", "  ", ("a", each.value), ("q", _ISBN_QUALIFIERS[each.kind]))
        yield from _other_numbers(work)
    yield field("024", "7 ", ("a", work.doi), ("2", "doi" if work.doi else None))
    host = host_of(work.public_url)
    yield field("040", "  ", ("a", host), ("b", "eng"), ("e", "rda"), ("c", host))
    languages = [three_letters(work.language)]
    abstracts = [three_letters(worded.language) for worded in record.wordings if worded.abstract.strip()]
    if abstracts and work.chapter is None:
        yield Field("041", (("a", languages[0]), *(("b", code) for code in dict.fromkeys(abstracts))), "0")


def _other_numbers(work: Work) -> Iterator[Field]:
    for each in work.record.identifiers:
        match each.kind:
            case IdentifierKind.LCCN:
                yield field("010", "  ", ("a", each.value))
            case IdentifierKind.OCLC:
                yield field("035", "  ", ("a", f"(OCoLC){each.value}"))
            case IdentifierKind.REPORT_NUMBER:
                yield field("088", "  ", ("a", each.value))
            case IdentifierKind.URN:
                yield field("024", "7 ", ("a", each.value), ("2", "urn"))
            case IdentifierKind.HANDLE:
                yield field("024", "7 ", ("a", each.value), ("2", "hdl"))


def _titles(work: Work, *, has_main_entry: bool) -> Iterator[Field]:
    title, subtitle = main_title(work)
    first = "1" if has_main_entry else "0"
    words = (("a", f"{title} :"), ("b", _ended(subtitle))) if subtitle else (("a", _ended(title)),)
    yield field("245", f"{first}{_unfiled(title, work.language)}", *words)
    if work.chapter is None:
        for worded in work.record.wordings:
            yield field("246", "31", ("a", worded.title), ("b", worded.subtitle if worded.title else None))


def _ended(words: str) -> str:
    """The leader says that there is ISBD punctuation, so a title has its full stop."""
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _unfiled(title: str, language: str) -> int:
    """How many characters of an article at its beginning are passed over."""
    words = clean(title).lower()
    articles: Iterable[str] = _ARTICLES.get(language.partition("-")[0].lower(), ())
    return next((len(article) for article in articles if words.startswith(article)), 0)


def _publication(work: Work) -> Iterator[Field]:
    record = work.record
    statement = record.edition_statement or (f"Edition {record.edition_number}" if record.edition_number else None)
    yield field("250", "  ", ("a", statement))
    yield field("264", " 1", ("a", record.place), ("b", work.issuer), ("c", year_of(work)))
    yield field("264", " 4", ("c", f"©{record.copyright_year}" if record.copyright_year else None))
    pages = extent(record)
    yield field("300", "  ", ("a", f"1 online resource ({pages})" if pages else "1 online resource"))
    yield field("490", "1 ", ("a", record.series), *_of_series(work))
    yield field("830", " 0", ("a", record.series), *_of_series(work))
    yield field("500", "  ", ("a", record.genre))
    if record.kind in _BOOKS and record.volume:
        yield field("500", "  ", ("a", f"Volume {record.volume}"))


def _of_series(work: Work) -> tuple[tuple[str, str | None], ...]:
    record = work.record
    return (("x", record.series_issn), ("v", record.series_number)) if record.series else ()


def _name(person: Person, family: str) -> Field:
    """In the fields 1xx the one it is filed under, in 7xx everyone else."""
    code, words = RELATORS[person.role]
    role = (("e", words), ("4", code))
    if person.is_organisation:
        return field(f"{family}10", "2 ", ("a", person.display), *role, ("1", ror_uri(person.ror)))
    if not person.family:
        return field(f"{family}00", "0 ", ("a", person.display), *role, ("1", orcid_uri(person)))
    name = ", ".join(part for part in (family_name(person), person.given) if part)
    places = (("u", "; ".join(each.name for each in person.affiliations)),) if person.affiliations else ()
    return field(
        f"{family}00",
        "1 " if person.given else "0 ",
        ("a", name),
        ("c", person.suffix),
        *role,
        *places,
        ("1", orcid_uri(person)),
    )
