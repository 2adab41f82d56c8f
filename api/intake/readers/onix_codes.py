"""ONIX's code lists, as far as a record has a place for what they say."""

from api.tables import Contribution, IdentifierKind, SubjectScheme

ROLES = {  # list 17
    **dict.fromkeys(("A01", "A02", "A03", "A14", "A38"), Contribution.AUTHOR),
    **dict.fromkeys(("B01", "B11", "B12", "B13", "B14", "B20", "B21"), Contribution.EDITOR),
    **dict.fromkeys(("B06", "B08", "B10"), Contribution.TRANSLATOR),
    **dict.fromkeys(("A24", "A29"), Contribution.INTRODUCTION),
    **dict.fromkeys(("A15", "A16", "A23"), Contribution.FOREWORD),
    **dict.fromkeys(("A19", "A22"), Contribution.AFTERWORD),
    **dict.fromkeys(("A12", "A13", "A35"), Contribution.ILLUSTRATOR),
    **{"C01": Contribution.COMPILER, "B09": Contribution.SERIES_EDITOR},
}
SCHEMES = {  # list 27
    **dict.fromkeys(("93", "94", "95", "96", "97", "98", "99"), SubjectScheme.THEMA),
    **{"10": SubjectScheme.BISAC, "20": SubjectScheme.KEYWORD, "01": SubjectScheme.DDC},
    **{"03": SubjectScheme.LCC, "04": SubjectScheme.LCSH},
}
ORCID, ROR = "21", "40"  # list 44
DOI, ISBNS, URN, LCCN, OCLC = "06", ("15", "03", "02"), "22", "13", "23"  # list 5
PDF, EPUB = "E107", "E101"  # list 175
IDENTIFIERS = {URN: IdentifierKind.URN, LCCN: IdentifierKind.LCCN, OCLC: IdentifierKind.OCLC}
ABSTRACTS = ("03", "30", "02")  # list 153: description, abstract, short description
PAGES = ("00", "11", "10")  # list 23: main content, content pages, notional pages
FRONT = "03"


def form_of(form: str, details: list[str]) -> IdentifierKind | None:
    """Which of the record's ISBNs that product's is; None for the PDF's own, and where nothing is said."""
    if EPUB in details:
        return IdentifierKind.ISBN_EPUB
    if form == "BB":
        return IdentifierKind.ISBN_HARDBACK
    return IdentifierKind.ISBN_PRINT if form[:1] in ("B", "P") else None
