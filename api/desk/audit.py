"""`/desk/audit`: who did what, for administrators: by act, actor, object and days, on pages and as CSV."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from api.desk.page import DESK, FOR_STAFF
from api.desk.people import people_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound
from api.formats.cells import csv_of
from api.people import audit_log
from api.people.audit_log import AT_MOST, HEADINGS, LONGEST, Act, Asked, Mark
from api.signin.door import Router
from api.signin.reader import Administrator

router = Router()
HERE = f"{DESK}/audit"
Typed = Annotated[str, Query()]


@router.get(HERE)
@open_to_all(FOR_STAFF)
def audit(
    portal: ThePortal,
    reader: Administrator,
    db: Reading,
    act: Typed = "",
    actor: Typed = "",
    of: Typed = "",
    since: Typed = "",
    until: Typed = "",
    after: str | None = None,
) -> Response:
    typed = {"act": act, "actor": actor, "of": of, "since": since, "until": until}
    mark = Mark.of(after) if after is not None else None
    if after is not None and mark is None:
        raise NotFound
    acts, last, faults = list[Act](), None, dict[str, str]()
    try:
        acts, last = audit_log.leaf(db, audit_log.asked(**typed), mark)
    except Invalid as fault:
        faults = dict(fault.members)
    given = {name: words for name, words in typed.items() if words}
    return people_page(
        portal,
        "desk/audit.html",
        reader,
        place="audit",
        status=422 if faults else 200,
        typed=typed,
        faults=faults,
        kinds=audit_log.kinds_of_acts(db),
        acts=acts,
        more=f"{HERE}?{urlencode({**given, 'after': str(last)})}" if last else None,
        download=f"{HERE}.csv?{urlencode(given)}",
        at_most=AT_MOST,
        longest=LONGEST,
        is_first=after is None,
    )


@router.get(f"{HERE}.csv")
@open_to_all(FOR_STAFF)
def audit_as_csv(
    portal: ThePortal,
    _reader: Administrator,
    act: Typed = "",
    actor: Typed = "",
    of: Typed = "",
    since: Typed = "",
    until: Typed = "",
) -> Response:
    which = audit_log.asked(act=act, actor=actor, of=of, since=since, until=until)
    name = {"content-disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_csv(portal, which), media_type="text/csv; charset=utf-8", headers=PRIVATE | name)


def _csv(portal: Portal, which: Asked) -> Iterator[str]:
    yield csv_of([HEADINGS])
    for piece in audit_log.pieces(portal.database, which):
        yield csv_of(audit_log.cells(act) for act in piece)
