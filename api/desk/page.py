"""What all pages of the desk have in common: who they are for, their frame, and where they may connect to."""

from typing import Any

from fastapi.responses import HTMLResponse

from api.access.policy import Reader
from api.edge.headers import CONTENT_POLICY
from api.edge.portal import Portal
from api.edge.problems import PRIVATE

DESK = "/desk"
FOR_STAFF = "all but staff get the common 404"  # why the door is open: no sign-in page tells that something is here
NAVIGATION = (  # what a page calls itself as `here`, the words of its link, its address
    ("titles", "Titles", DESK),
    ("usage", "Usage", f"{DESK}/usage"),
    ("requests", "Requests", f"{DESK}/requests"),
    ("comments", "Comments", f"{DESK}/comments"),
    ("copies", "Copies", f"{DESK}/copies"),
    ("institutions", "Institutions", f"{DESK}/institutions"),
    ("readers", "Readers", f"{DESK}/readers"),
    ("readiness", "Readiness", f"{DESK}/readiness"),
    ("deposits", "DOIs", f"{DESK}/deposits"),
    ("outbox", "Mail", f"{DESK}/outbox"),
    ("house", "House", f"{DESK}/house"),
)
FOR_ADMINISTRATORS = {"house"}
TITLE = f"{DESK}/titles/{{slug}}"
TITLE_NAV = (  # the pages about one title: what each calls itself as `leaf`, the words of its link, its address
    ("overview", "Overview", TITLE),
    ("record", "Record", f"{TITLE}/record"),
    ("contents", "Contents", f"{TITLE}/contents"),
    ("file", "File", f"{TITLE}/file"),
    ("accessibility", "Accessibility", f"{TITLE}/accessibility"),
    ("access", "Access", f"{TITLE}/access"),
    ("publishing", "Publish", f"{TITLE}/publishing"),
    ("notices", "Notices", f"{TITLE}/notices"),
    ("comments", "Comments", f"{TITLE}/comments"),
    ("usage", "Usage", f"{TITLE}/usage"),
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
