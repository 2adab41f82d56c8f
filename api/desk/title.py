"""`/desk/titles/{slug}`: one title at a glance: how it stands, what readers get, what is missing, and what happened."""

from collections.abc import Sequence

from starlette.responses import Response

from api import clock
from api.access.policy import Rung
from api.access.rules import ladder
from api.access.whom import open_to
from api.desk.file import title_of
from api.desk.page import FOR_STAFF, TITLE, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.formats.record import WORK_PATHS
from api.shelf import gaps, history, lacking, readiness
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Kind, RuleKind, ScheduledPublication
from api.usage.press import downloads_of

router = Router()


@router.get(TITLE)
@open_to_all(FOR_STAFF)
def overview_of_title(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    title = title_of(db, slug)
    title_id = id_of(title)
    stand = lacking.stand_of(db, title)
    missing = readiness.gaps_of(stand)
    return desk_page(
        portal,
        "desk/title.html",
        reader,
        here="titles",
        title=title,
        path=f"{WORK_PATHS[Kind(title.kind)]}/{title.slug}",
        edition=stand.record.edition,
        is_checking=stand.is_checking,
        has_rules=stand.has_rules,
        access=access_line(portal, ladder(db, title_id, None)),
        planned=db.get(ScheduledPublication, title_id),
        by_aim=[(aim, name, readiness.of_aim(missing, aim)) for aim, name in gaps.NAMES.items()],
        downloads=downloads_of(db, [title_id], clock.now().date())[title_id],
        steps=history.steps_of(db, title_id),
        now=clock.now(),
    )


def access_line(portal: Portal, rungs: Sequence[Rung]) -> str:
    """Who may read, in a line that goes after “The file: ”."""
    kinds = {rung.kind for rung in rungs}
    if RuleKind.EVERYONE in kinds:
        return N_("for everyone, without signing in")
    if RuleKind.SIGNED_IN in kinds:
        return N_("for whoever signs in")
    whom = open_to(rungs, portal.provider_names)
    return N_("open to {whom}", whom=whom) if whom else N_("closed to every reader")
