"""`/desk`: every title with its state and its file, a leaf at a time."""

from fastapi import APIRouter
from starlette.responses import Response

from api import clock
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import NotFound
from api.shelf import overview
from api.signin.reader import Staff

router = APIRouter()


@router.get(DESK)
@open_to_all(FOR_STAFF)
def titles(portal: ThePortal, reader: Staff, db: Reading, after: str | None = None) -> Response:
    leaf = overview.titles(db, after=after)
    if leaf is None:
        raise NotFound
    return desk_page(
        portal,
        "desk/titles.html",
        reader,
        here="titles",
        lines=leaf.lines,
        last=leaf.last,
        is_first=after is None,
        now=clock.now(),
    )
