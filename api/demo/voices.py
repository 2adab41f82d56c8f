"""How a sample speaks of itself: as the stand-in for a book that exists, or as an example that never will."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """The mark on every page, the imprint (a headline and paragraphs), and the words of a page of text."""

    mark: str
    imprint: tuple[str, ...]
    page: str


STAND_IN = Voice(
    mark="Sample volume, not the book",
    imprint=(
        "This is a sample volume.",
        "The demo of Gatefold made it so that there is a file to hand out. It is not the book, and nothing in it may "
        "be cited as the book.",
        "Title, abstract, editors, parts and chapters are the book's own, as far as they are on record. The text of "
        "the chapters is not here. Each page that belongs to a chapter on record keeps its place and its printed "
        "number; pages that are not on record are left out, so the numbers jump.",
    ),
    page="Page {folio} of the book stands here. The sample only keeps its place.",
)
EXAMPLE = Voice(
    mark="Sample, not a real publication",
    imprint=(
        "This is a sample.",
        "The demo of Gatefold made this title and its file to show one way of access. The work does not exist, and "
        "its author is nobody.",
    ),
    page="Page {folio}. Where a publication has its text, this sample has a leaf that folds.",
)
