"""What the fields of a record are called at the desk, what is said beside each, and how its faults are put."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from api.edge import words
from api.shelf.record_rules import LINE, LONGEST, MOST, Fault
from api.spoken import N_, Said, gettext, told
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

NAMES = {
    "slug": N_("Address"),
    "kind": N_("Kind of work"),
    "title": N_("Title"),
    "subtitle": N_("Subtitle"),
    "full_title": N_("Whole title"),
    "kicker": N_("Line above the title"),
    "standfirst": N_("Line below the title"),
    "abstract": N_("Abstract"),
    "call_to_read": N_("Call to read"),
    "language": N_("Language"),
    "publisher": N_("Publisher"),
    "publisher_ror": N_("Publisher’s ROR"),
    "imprint": N_("Imprint", context="publisher"),
    "institution": N_("Institution"),
    "place": N_("Place"),
    "published": N_("Date of publication"),
    "genre": N_("Genre"),
    "edition_number": N_("Number of the edition"),
    "edition_statement": N_("Edition in words"),
    "volume": N_("Volume"),
    "series": N_("Series"),
    "series_issn": N_("ISSN of the series"),
    "series_number": N_("Number in the series"),
    "pages": N_("Pages"),
    "front_pages": N_("Pages before the first"),
    "doi": "DOI",
    "doi_is_ours": N_("The DOI is ours"),
    "isbn": N_("ISBN of the PDF"),
    "licence": N_("Licence"),
    "licence_uri": N_("Address of the licence"),
    "rights_holder": N_("Rights holder"),
    "copyright_year": N_("Copyright year"),
    "given": N_("Given names"),
    "family": N_("Family name"),
    "name": N_("Name"),
    "is_organisation": N_("An organisation"),
    "is_part": N_("A part, not a chapter"),
    "role": N_("Role"),
    "particle": N_("Particle"),
    "suffix": N_("Suffix"),
    "orcid": "ORCID iD",
    "ror": "ROR",
    "affiliations": N_("Affiliations"),
    "note": N_("About them"),
    "value": N_("Identifier"),
    "scheme": N_("Scheme"),
    "code": N_("Code"),
    "heading": N_("Heading"),
    "funder": N_("Funder"),
    "funder_doi": N_("Funder’s DOI"),
    "award": N_("Number of the award"),
    "number": N_("Number"),
    "first_page": N_("First page"),
    "last_page": N_("Last page"),
    "contributors": N_("Contributors"),
    "wordings": N_("Other languages"),
    "identifiers": N_("Identifiers"),
    "subjects": N_("Subjects"),
    "contents": N_("Contents"),
    "accessibility": N_("Accessibility"),
    "summary": N_("Summary"),
    "pictures": N_("Pictures"),
    "reading_order": N_("The reading order was gone through and is right"),
    "no_hazards": N_("Nothing flashes, moves or makes a sound"),
    "assessed_by": N_("Assessed by"),
    "assessed_on": N_("Assessed on"),
}
HINTS = {
    "slug": N_(
        "The end of its web address: small letters, digits and hyphens. A published title’s old address leads on."
    ),
    "full_title": N_("Only where it is not the title and the subtitle with a dash between them."),
    "standfirst": N_("One sentence that says what the work is."),
    "call_to_read": N_("What the button to the file is introduced by. Empty: the portal’s own words."),
    "language": N_("A language tag: en, de, pt-BR."),
    "published": N_("As precise as it is known: 2024, 2024-05 or 2024-05-17."),
    "publisher_ror": N_("From ror.org, such as 02mhbdp94."),
    "institution": N_("That issues a report."),
    "genre": N_("Such as Handbook, Policy brief."),
    "edition_number": N_("1 to 999."),
    "edition_statement": N_("Such as 2nd, revised edition."),
    "series_issn": N_("Such as 2049-3630."),
    "pages": N_("As the imprint states them, 1 to 99,999."),
    "front_pages": N_("The last roman number, such as xii."),
    "doi": N_("Such as 10.1000/182."),
    "isbn": N_("Ten or thirteen digits. Those of the printed book stand under Identifiers."),
    "licence": N_("As it is shown, such as CC BY 4.0."),
    "licence_uri": N_("An https address, or the licence’s name once more."),
    "copyright_year": N_("1000 to 2999."),
    "doi_is_ours": N_("Registered by us: then it is the title’s address in citations."),
}
ROLES = {
    Contribution.AUTHOR: N_("Author"),
    Contribution.EDITOR: N_("Editor"),
    Contribution.TRANSLATOR: N_("Translator"),
    Contribution.INTRODUCTION: N_("Introduction"),
    Contribution.FOREWORD: N_("Foreword"),
    Contribution.AFTERWORD: N_("Afterword"),
    Contribution.ILLUSTRATOR: N_("Illustrator"),
    Contribution.COMPILER: N_("Compiler"),
    Contribution.SERIES_EDITOR: N_("Series editor"),
    Contribution.CONTRIBUTOR: N_("Contributor"),
    Contribution.CONTACT: N_("Contact"),
}
IDENTIFIER_KINDS = {
    IdentifierKind.ISBN_PRINT: N_("ISBN, printed"),
    IdentifierKind.ISBN_HARDBACK: N_("ISBN, hardback"),
    IdentifierKind.ISBN_EPUB: N_("ISBN, EPUB"),
    IdentifierKind.REPORT_NUMBER: N_("Report number"),
    IdentifierKind.URN: "URN",
    IdentifierKind.HANDLE: N_("Handle"),
    IdentifierKind.LCCN: "LCCN",
    IdentifierKind.OCLC: N_("OCLC number"),
}
SCHEMES = {
    SubjectScheme.KEYWORD: N_("Keyword"),
    SubjectScheme.THEMA: "Thema",
    SubjectScheme.BISAC: "BISAC",
    SubjectScheme.LCSH: N_("Library of Congress heading"),
    SubjectScheme.LCC: N_("Library of Congress class"),
    SubjectScheme.DDC: N_("Dewey"),
    SubjectScheme.JEL: "JEL",
}
KINDS = {kind: words.kind_name(kind) for kind in Kind}
ONE_OF = {
    "contributors": N_("contributor"),
    "wordings": N_("language"),
    "identifiers": N_("identifier"),
    "subjects": N_("subject"),
    "funding": N_("funder"),
    "accessibility": N_("what is said of accessibility"),
    "contents": N_("line"),
}
BEFORE = N_("Before", context="a change")
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
    rows = [_row(ONE_OF[found[1]], found[2]) for step in above if (found := _STEP.fullmatch(step))]
    if not rows:
        return name_of(path)
    row = rows.pop()
    if not rows:
        return N_("{field} of {row}", field=name_of(path), row=row)
    return N_("{field} of {row} of {above}", field=name_of(path), row=row, above=rows.pop())


def _row(what: str, number: str) -> Said:
    return Said("{what} {number}", what=what, number=number)


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
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return " ".join(value_words(each) for each in value.values() if each not in (None, False, "", []))
    if isinstance(value, list):
        return "; ".join(value_words(each) for each in value)[:LONGEST_VALUE] or gettext("nothing")
    return str(value)[:LONGEST_VALUE] if value not in (None, "") else gettext("nothing")


def hint(name: str) -> str:
    """What is said beside a field, its limit included."""
    limit = N_("Up to {most} characters.", most=partial(words.number, LONGEST.get(name, LINE)))
    if name in HINTS and name not in _LIMITED_BY_FORM:
        return Said("{hint} {limit}", hint=HINTS[name], limit=limit)
    return HINTS.get(name, limit)


def limit(name: str) -> str:
    """How many rows there may be."""
    return N_("Up to {most}.", most=partial(words.number, MOST[name]))


def _spelt(sentence: str) -> str:
    """The sentence with the names of fields as they are called here; catalogues call them so themselves."""
    return Said("{sentence}", sentence=lambda: _FIELD.sub(_called, told(sentence)))


def _called(found: re.Match[str]) -> str:
    return told(NAMES.get(found[0], found[0])).lower()
