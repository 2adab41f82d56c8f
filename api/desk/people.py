"""What the desk's pages about people share: the strip of links between them."""

from typing import Any

from fastapi.responses import HTMLResponse

from api.access.policy import Reader
from api.desk.page import DESK, desk_page
from api.edge.portal import Portal
from api.spoken import N_

PLACES = (  # what a page calls itself as `place`, the words of its link, its address
    ("readers", N_("Readers"), f"{DESK}/readers"),
    ("staff", N_("Staff"), f"{DESK}/staff"),
    ("fair-use", N_("Fair use"), f"{DESK}/fair-use"),
    ("audit", N_("Audit log"), f"{DESK}/audit"),
)
FOR_ADMINISTRATORS = {"audit"}


def people_page(
    portal: Portal, template: str, reader: Reader, *, place: str, status: int = 200, **context: Any
) -> HTMLResponse:
    places = [each for each in PLACES if each[0] not in FOR_ADMINISTRATORS or reader.is_administrator]
    return desk_page(
        portal,
        template,
        reader,
        here="readers",
        status=status,
        place=place,
        places=places,
        is_administrator=reader.is_administrator,
        **context,
    )
