"""What all pages of the desk have in common: who they are for, their frame, and where they may connect to."""

from typing import Any

from fastapi.responses import HTMLResponse

from api.access.policy import Reader
from api.edge.headers import CONTENT_POLICY
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.spoken import N_

DESK = "/desk"
FOR_STAFF = "all but staff get the common 404"  # why the door is open: no sign-in page tells that something is here
NAVIGATION = (  # what a page calls itself as `here`, the words of its link, its address
    ("titles", N_("Titles"), DESK),
    ("usage", N_("Usage"), f"{DESK}/usage"),
    ("requests", N_("Requests"), f"{DESK}/requests"),
    ("comments", N_("Comments"), f"{DESK}/comments"),
    ("copies", N_("Copies"), f"{DESK}/copies"),
    ("institutions", N_("Institutions"), f"{DESK}/institutions"),
    ("readers", N_("Readers"), f"{DESK}/readers"),
    ("readiness", N_("Readiness"), f"{DESK}/readiness"),
    ("deposits", N_("DOIs"), f"{DESK}/deposits"),
    ("outbox", N_("Mail"), f"{DESK}/outbox"),
    ("house", N_("House"), f"{DESK}/house"),
)
FOR_ADMINISTRATORS = {"house"}
TITLE = f"{DESK}/titles/{{slug}}"
TITLE_NAV = (  # the pages about one title: what each calls itself as `leaf`, the words of its link, its address
    ("overview", N_("Overview"), TITLE),
    ("record", N_("Record"), f"{TITLE}/record"),
    ("contents", N_("Contents"), f"{TITLE}/contents"),
    ("file", N_("File"), f"{TITLE}/file"),
    ("accessibility", N_("Accessibility"), f"{TITLE}/accessibility"),
    ("cover", N_("Cover"), f"{TITLE}/cover"),
    ("access", N_("Access"), f"{TITLE}/access"),
    ("publishing", N_("Publish"), f"{TITLE}/publishing"),
    ("notices", N_("Notices"), f"{TITLE}/notices"),
    ("comments", N_("Comments"), f"{TITLE}/comments"),
    ("usage", N_("Usage"), f"{TITLE}/usage"),
)


def desk_page(
    portal: Portal,
    template: str,
    reader: Reader,
    *,
    here: str,
    status: int = 200,
    connect_to: str | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page of the desk. `connect_to` is another origin that its scripts may send to."""
    places = [place for place in NAVIGATION if place[0] not in FOR_ADMINISTRATORS or reader.is_administrator]
    page = portal.pages.render(template, reader=reader, here=here, navigation=places, title_nav=TITLE_NAV, **context)
    headers = dict(PRIVATE)
    if connect_to is not None:
        headers["content-security-policy"] = CONTENT_POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' {connect_to}"
        )
    return HTMLResponse(page, status, headers)
