"""`/desk/readiness`: every title that lacks something, for publication or for a format, a leaf at a time."""

from starlette.responses import Response

from api import clock
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import NotFound
from api.shelf import gaps, lacking
from api.shelf import readiness as readiness_rules
from api.shelf.gaps import Aim
from api.signin.door import Router
from api.signin.reader import Staff

router = Router()
FIRST = 4  # gaps of a title that its line names; the others are counted


@router.get(f"{DESK}/readiness")
@open_to_all(FOR_STAFF)
def readiness(
    portal: ThePortal, reader: Staff, db: Reading, aim: str | None = None, after: str | None = None
) -> Response:
    if aim and aim not in list(Aim):
        raise NotFound
    wanted = Aim(aim) if aim else None
    leaf = lacking.leaf(db, clock.now(), aim=wanted, after=after)
    if leaf is None:
        raise NotFound
    return desk_page(
        portal,
        "desk/readiness.html",
        reader,
        here="readiness",
        leaf=leaf,
        entries=[(entry.record, readiness_rules.each_once(entry.gaps)) for entry in leaf.entries],
        aim=wanted,
        aims=gaps.NAMES.items(),
        names=gaps.NAMES,
        first=FIRST,
        is_first=after is None,
    )
