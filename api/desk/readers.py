"""`/desk/readers`: finding readers, a leaf at a time; and `/desk/staff`: who works here."""

from urllib.parse import urlencode

from starlette.responses import Response

from api.desk.page import DESK, FOR_STAFF
from api.desk.people import people_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import Invalid, NotFound
from api.people import directory
from api.people.directory import LONGEST, SHOWN, Leaf, Mark
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_

router = Router()
HERE = f"{DESK}/readers"
CHOICES = (
    ("", N_("Everyone")),
    ("administrator", N_("Administrators")),
    ("editor", N_("Editors")),
    ("librarian", N_("Librarians")),
    ("disabled", N_("Shut out")),
    ("closing", N_("Closing their account")),
)


@router.get(HERE)
@open_to_all(FOR_STAFF)
def readers(
    portal: ThePortal, reader: Staff, db: Reading, q: str = "", show: str = "", after: str | None = None
) -> Response:
    mark = Mark.of(after) if after is not None else None
    if (after is not None and mark is None) or (show and show not in SHOWN):
        raise NotFound
    leaf, faults = Leaf([], None), dict[str, str]()
    try:
        leaf = directory.find(db, q, show, mark, by_address=reader.is_administrator)
    except Invalid as fault:
        faults["q"] = fault.message
    return people_page(
        portal,
        "desk/readers.html",
        reader,
        place="readers",
        status=422 if faults else 200,
        q=q,
        show=show,
        choices=CHOICES,
        longest=LONGEST,
        lines=leaf.lines,
        more=f"{HERE}?{urlencode({'q': q, 'show': show, 'after': str(leaf.last)})}" if leaf.last else None,
        is_first=after is None,
        faults=faults,
    )


@router.get(f"{DESK}/staff")
@open_to_all(FOR_STAFF)
def staff(portal: ThePortal, reader: Staff, db: Reading) -> Response:
    return people_page(portal, "desk/staff.html", reader, place="staff", lines=directory.staff(db))
