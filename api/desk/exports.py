"""`/desk/export.json` and `/desk/export.csv`: every record, sent a title at a time however many there are."""

from collections.abc import Callable, Iterable, Iterator

from starlette.responses import Response, StreamingResponse

from api import clock
from api.desk.page import DESK, FOR_STAFF
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.shelf.drafts import TitleDraft
from api.shelf.everything import all_drafts
from api.shelf.record_csv import table
from api.shelf.record_json import pieces
from api.signin.door import Router
from api.signin.reader import Staff

router = Router()
PIECE = 64 * 1024  # characters gathered before they are sent


@router.get(f"{DESK}/export.json")
@open_to_all(FOR_STAFF)
def as_json(portal: ThePortal, reader: Staff) -> Response:
    return _sent(portal, pieces, "json", "application/json")


@router.get(f"{DESK}/export.csv")
@open_to_all(FOR_STAFF)
def as_csv(portal: ThePortal, reader: Staff) -> Response:
    return _sent(portal, table, "csv", "text/csv; charset=utf-8")


def _sent(
    portal: Portal, written: Callable[[Iterable[TitleDraft]], Iterator[str]], suffix: str, media_type: str
) -> Response:
    name = f"titles-{clock.now():%Y-%m-%d}.{suffix}"
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"', "content-type": media_type}
    return StreamingResponse(_gathered(written(all_drafts(portal.database))), headers=headers)


def _gathered(texts: Iterable[str]) -> Iterator[bytes]:
    waiting, length = list[str](), 0
    for text in texts:
        waiting.append(text)
        length += len(text)
        if length >= PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()
