"""`/desk/self-check`: for administrators, what the web server in front makes of their own request."""

from starlette.requests import Request
from starlette.responses import Response

from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.seen import Seen, faults
from api.signin.door import Router
from api.signin.reader import Administrator, session_cookie

router = Router()


@router.get(f"{DESK}/self-check")
@open_to_all(FOR_STAFF)
def self_check(request: Request, portal: ThePortal, reader: Administrator) -> Response:
    seen, settings = Seen.of(request), portal.settings
    return desk_page(
        portal,
        "desk/self_check.html",
        reader,
        here="house",
        seen=seen,
        faults=faults(seen, settings),
        public_url=settings.public_url,
        cookie=session_cookie(settings),
        proxies=[str(network) for network in settings.trusted_proxies],
    )
