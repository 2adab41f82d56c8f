"""`/desk/fair-use`: accounts and networks that went beyond a day's allowance in the last thirty days."""

from starlette.responses import Response

from api.account.kept import FAIR_USE
from api.desk.page import DESK, FOR_STAFF
from api.desk.people import people_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import NotFound
from api.people import beyond
from api.people.audit_log import Mark
from api.signin.door import Router
from api.signin.reader import Staff

router = Router()
HERE = f"{DESK}/fair-use"


@router.get(HERE)
@open_to_all(FOR_STAFF)
def fair_use(portal: ThePortal, reader: Staff, db: Reading, after: str | None = None) -> Response:
    mark = Mark.of(after) if after is not None else None
    if after is not None and mark is None:
        raise NotFound
    notes, last = beyond.leaf(db, mark)
    return people_page(
        portal,
        "desk/fair_use.html",
        reader,
        place="fair-use",
        notes=notes,
        days=FAIR_USE.days,
        more=f"{HERE}?after={last}" if last else None,
        is_first=after is None,
    )
