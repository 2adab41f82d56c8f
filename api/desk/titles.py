"""`/desk`: every title with its state, access, file, readiness and downloads, narrowed by words, a leaf at a time."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import Response

from api import clock
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.errors import NotFound
from api.shelf import lacking, overview
from api.shelf.overview import LATER, Openness, Wanted
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import State
from api.usage.press import downloads_of

router = Router()
STATES = {State.DRAFT: N_("Draft"), State.PUBLISHED: N_("Published"), State.WITHDRAWN: N_("Withdrawn")}
ACCESS = {
    Openness.EVERYONE: N_("Everyone"),
    Openness.SIGNED_IN: N_("Whoever signs in"),
    Openness.SOME: N_("Some readers"),
    Openness.NOBODY: N_("Nobody"),
}


@router.get(DESK)
@open_to_all(FOR_STAFF)
def titles(
    portal: ThePortal,
    reader: Staff,
    db: Reading,
    after: str | None = None,
    state: Annotated[str, Query()] = "",
    access: Annotated[str, Query()] = "",
    q: Annotated[str, Query()] = "",
) -> Response:
    wanted = Wanted(state if state in STATES else "", access if access in (*ACCESS, LATER) else "", q.replace("\0", ""))
    leaf = overview.titles(db, clock.now(), wanted, after=after)
    if leaf is None:
        raise NotFound
    now, ids = clock.now(), [id_of(line.title) for line in leaf.lines]
    narrowed = {"state": wanted.state, "access": wanted.access, "q": wanted.text.strip()}
    narrowed = {name: value for name, value in narrowed.items() if value}
    return desk_page(
        portal,
        "desk/titles.html",
        reader,
        here="titles",
        lines=leaf.lines,
        older=urlencode({**narrowed, "after": leaf.last}) if leaf.last is not None else None,
        newest=urlencode(narrowed),
        is_first=after is None,
        is_narrowed=bool(narrowed),
        wanted=wanted,
        states=STATES,
        access={**ACCESS, LATER: N_("Not open yet")},
        longest=overview.LONGEST_TEXT,
        downloads=downloads_of(db, ids, now.date()),
        gaps=lacking.of_titles(db, ids, now),
        now=now,
    )
