"""What the fields of a record are called at the desk, what is said beside each, and how its faults are put."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.edge import words
from api.shelf.record_rules import LINE, LONGEST, MOST, Fault
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

NAMES = {
    "slug": "Address",
    "kind": "Kind of work",
    "title": "Title",
    "subtitle": "Subtitle",
    "full_title": "Whole title",
    "kicker": "Line above the title",
    "standfirst": "Line below the title",
    "abstract": "Abstract",
    "call_to_read": "Call to read",
    "language": "Language",
    "publisher": "Publisher",
    "publisher_ror": "Publisher’s ROR",
    "imprint": "Imprint",
    "institution": "Institution",
    "place": "Place",
    "published": "Date of publication",
    "genre": "Genre",
    "edition_number": "Number of the edition",
    "edition_statement": "Edition in words",
    "volume": "Volume",
    "series": "Series",
    "series_issn": "ISSN of the series",
    "series_number": "Number in the series",
    "pages": "Pages",
    "front_pages": "Pages before the first",
    "doi": "DOI",
    "doi_is_ours": "The DOI is ours",
    "isbn": "ISBN of the PDF",
    "licence": "Licence",
    "licence_uri": "Address of the licence",
    "rights_holder": "Rights holder",
    "copyright_year": "Copyright year",
    "given": "Given names",
    "family": "Family name",
    "name": "Name",
    "is_organisation": "An organisation",
    "is_part": "A part, not a chapter",
    "role": "Role",
    "particle": "Particle",
    "suffix": "Suffix",
    "orcid": "ORCID iD",
    "ror": "ROR",
    "affiliations": "Affiliations",
    "note": "About them",
    "value": "Identifier",
    "scheme": "Scheme",
    "code": "Code",
    "heading": "Heading",
    "funder": "Funder",
    "funder_doi": "Funder’s DOI",
    "award": "Number of the award",
    "number": "Number",
    "first_page": "First page",
    "last_page": "Last page",
    "contributors": "Contributors",
    "wordings": "Other languages",
    "identifiers": "Identifiers",
    "subjects": "Subjects",
    "contents": "Contents",
}
HINTS = {
    "slug": "The end of its web address: small letters, digits and hyphens. A published title’s old address leads on.",
    "full_title": "Only where it is not the title and the subtitle with a dash between them.",
    "standfirst": "One sentence that says what the work is.",
    "call_to_read": "What the button to the file is introduced by. Empty: the portal’s own words.",
    "language": "A language tag: en, de, pt-BR.",
    "published": "As precise as it is known: 2024, 2024-05 or 2024-05-17.",
    "publisher_ror": "From ror.org, such as 02mhbdp94.",
    "institution": "That issues a report.",
    "genre": "Such as Handbook, Policy brief.",
    "edition_number": "1 to 999.",
    "edition_statement": "Such as 2nd, revised edition.",
    "series_issn": "Such as 2049-3630.",
    "pages": "As the imprint states them, 1 to 99,999.",
    "front_pages": "The last roman number, such as xii.",
    "doi": "Such as 10.1000/182.",
    "isbn": "Ten or thirteen digits. Those of the printed book stand under Identifiers.",
    "licence": "As it is shown, such as CC BY 4.0.",
    "licence_uri": "An https address, or the licence’s name once more.",
    "copyright_year": "1000 to 2999.",
    "doi_is_ours": "Registered by us: then it is the title’s address in citations.",
}
ROLES = {
    Contribution.AUTHOR: "Author",
    Contribution.EDITOR: "Editor",
    Contribution.TRANSLATOR: "Translator",
    Contribution.INTRODUCTION: "Introduction",
    Contribution.FOREWORD: "Foreword",
    Contribution.AFTERWORD: "Afterword",
    Contribution.ILLUSTRATOR: "Illustrator",
    Contribution.COMPILER: "Compiler",
    Contribution.SERIES_EDITOR: "Series editor",
    Contribution.CONTRIBUTOR: "Contributor",
    Contribution.CONTACT: "Contact",
}
IDENTIFIER_KINDS = {
    IdentifierKind.ISBN_PRINT: "ISBN, printed",
    IdentifierKind.ISBN_HARDBACK: "ISBN, hardback",
    IdentifierKind.ISBN_EPUB: "ISBN, EPUB",
    IdentifierKind.REPORT_NUMBER: "Report number",
    IdentifierKind.URN: "URN",
    IdentifierKind.HANDLE: "Handle",
    IdentifierKind.LCCN: "LCCN",
    IdentifierKind.OCLC: "OCLC number",
}
SCHEMES = {
    SubjectScheme.KEYWORD: "Keyword",
    SubjectScheme.THEMA: "Thema",
    SubjectScheme.BISAC: "BISAC",
    SubjectScheme.LCSH: "Library of Congress heading",
    SubjectScheme.LCC: "Library of Congress class",
    SubjectScheme.DDC: "Dewey",
    SubjectScheme.JEL: "JEL",
}
KINDS = {kind: words.kind_name(kind) for kind in Kind}
ONE_OF = {
    **{"contributors": "contributor", "wordings": "language", "identifiers": "identifier", "subjects": "subject"},
    **{"funding": "funder", "contents": "line"},
}
LONGEST_VALUE = 600  # characters of a value before or after a change
_LIMITED_BY_FORM = frozenset(
    ("published", "language", "edition_number", "pages", "copyright_year", "series_issn", "isbn", "doi_is_ours")
) | {"publisher_ror", "front_pages"}
_STEP = re.compile(r"([a-z_]+)\[(\d+)\]")
_FIELD = re.compile(r"\b[a-z]+_[a-z_]+\b")


def field_of(path: str) -> str:
    """The name of the field that a fault is shown at: affiliations are typed in one."""
    return path.partition(".affiliations[")[0] + ".affiliations" if ".affiliations[" in path else path


def name_of(path: str) -> str:
    """`ORCID iD`, whichever row it stands in."""
    last = field_of(path).rpartition(".")[2].partition("[")[0]
    return NAMES.get(last, ONE_OF.get(last, last))


def whole_name_of(path: str) -> str:
    """`ORCID iD of contributor 3`."""
    *above, _ = field_of(path).split(".")
    rows = [f"{ONE_OF[found[1]]} {found[2]}" for step in above if (found := _STEP.fullmatch(step))]
    return " of ".join([name_of(path), *reversed(rows)])


def beside(faults: Iterable[Fault]) -> dict[str, str]:
    """What is said at each field, the first fault of each."""
    said: dict[str, str] = {}
    for fault in faults:
        said.setdefault(field_of(fault.path), _spelt(fault.sentence(name_of)))
    return said


def on_top(faults: Iterable[Fault]) -> list[tuple[str, str]]:
    """All faults: the field each is at, and a sentence that says which it is."""
    return [(field_of(fault.path), _spelt(fault.sentence(whole_name_of))) for fault in faults]


def at_fault(faults: Mapping[str, str], row: str) -> bool:
    """Whether anything in that row is to be mended."""
    return any(path.startswith(f"{row}.") for path in faults)


def value_words(value: Any) -> str:
    """What a field said before or after a change, shortened to what tells it from another."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return " ".join(value_words(each) for each in value.values() if each not in (None, False, "", []))
    if isinstance(value, list):
        return "; ".join(value_words(each) for each in value)[:LONGEST_VALUE] or "nothing"
    return str(value)[:LONGEST_VALUE] if value not in (None, "") else "nothing"


def hint(name: str) -> str:
    """What is said beside a field, its limit included."""
    limit = f"Up to {LONGEST.get(name, LINE):,} characters."
    return f"{HINTS[name]} {limit}" if name in HINTS and name not in _LIMITED_BY_FORM else HINTS.get(name, limit)


def limit(name: str) -> str:
    """How many rows there may be."""
    return f"Up to {MOST[name]:,}."


def _spelt(sentence: str) -> str:
    """The sentence with the names of fields as they are called here."""
    return _FIELD.sub(lambda found: NAMES.get(found[0], found[0]).lower(), sentence)
