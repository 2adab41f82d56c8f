"""`/desk/uploads`: what the uploader of the file page asks, in JSON. An upload is its editor's own."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.desk.file import HERE as FILE_PAGE
from api.desk.file import title_of
from api.desk.page import DESK, FOR_STAFF
from api.edge import words
from api.edge.caller import wants_html
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Title, Upload
from api.uploads import addresses, arrivals
from api.uploads.arrivals import Told

router = Router()
HERE = f"{DESK}/uploads"
ONE = f"{HERE}/{{staged_id}}"
LARGEST_NUMBER = 2**53 - 1  # what a browser can count to
Shape = TypeVar("Shape", bound=BaseModel)


class Announcement(BaseModel):
    """The file that is to be sent. `changed` is in milliseconds since 1970, `first_part` a SHA-256."""

    model_config = ConfigDict(strict=True)

    title: str
    name: str = Field(max_length=1000)
    size: int = Field(ge=0, le=LARGEST_NUMBER)
    changed: int = Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
    first_part: str = Field(pattern=r"^[0-9a-f]{64}$")


class Part(BaseModel):
    """One part, of which the address is wanted."""

    model_config = ConfigDict(strict=True)

    number: int
    size: int
    digest: str = Field(max_length=64)


def sent(shape: type[Shape]) -> Callable[..., Awaitable[Shape]]:
    """What was sent, read only after it is known to be staff who sends."""

    async def read(request: Request, _staff: Staff) -> Shape:
        try:
            return shape.model_validate_json(await request.body())
        except ValidationError as error:
            fields = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]})
            look_at = N_("Look at {fields}.", fields=partial(words.either, fields))
            raise Invalid(look_at if fields else N_("It is not the JSON expected here.")) from error

    return read


@router.post(HERE)
@open_to_all(FOR_STAFF)
def begin(portal: ThePortal, reader: Staff, told: Annotated[Announcement, Depends(sent(Announcement))]) -> Response:
    """A new upload, or the one of the same file that broke off."""
    with portal.database.reading() as db:
        title = title_of(db, told.title)
    upload = arrivals.begin(
        portal.database,
        portal.store,
        portal.settings.uploads,
        title_id=id_of(title),
        user_id=reader.user_id,
        told=Told(told.name, told.size, told.changed, told.first_part),
    )
    return _answer(portal, upload, title)


@router.get(ONE)
@open_to_all(FOR_STAFF)
def look(portal: ThePortal, reader: Staff, staged_id: str) -> Response:
    return _answer(portal, *_found(portal, reader, staged_id))


@router.post(f"{ONE}/parts")
@open_to_all(FOR_STAFF)
def address(portal: ThePortal, reader: Staff, staged_id: str, part: Annotated[Part, Depends(sent(Part))]) -> Response:
    """Where one part may be PUT, for a short time."""
    upload, _ = _found(portal, reader, staged_id)
    made = addresses.address_of_part(
        portal.store, portal.seal, upload, _address(upload), part.number, part.size, part.digest
    )
    return JSONResponse({"method": "PUT", "url": made.url, "headers": dict(made.headers)}, 201, PRIVATE)


@router.post(f"{ONE}/completion")
@open_to_all(FOR_STAFF)
def finish(portal: ThePortal, reader: Staff, staged_id: str) -> Response:
    """All parts are sent: the file waits to be checked. Asked again, it says so again."""
    upload, title = _found(portal, reader, staged_id)
    arrivals.finish(portal.database, portal.store, upload)
    return JSONResponse({"state": "finished", "next": FILE_PAGE.format(slug=title.slug)}, headers=PRIVATE)


@router.post(f"{ONE}/end")
@open_to_all(FOR_STAFF)
def stop(request: Request, portal: ThePortal, reader: Staff, staged_id: str) -> Response:
    """The editor doesn't want it after all."""
    upload, title = _found(portal, reader, staged_id)
    arrivals.stop(portal.database, portal.store, upload)
    if wants_html(request):
        return RedirectResponse(FILE_PAGE.format(slug=title.slug), 303, headers=PRIVATE)
    return Response(status_code=204, headers=PRIVATE)


def _found(portal: Portal, reader: Reader, staged_id: str) -> tuple[Upload, Title]:
    with portal.database.reading() as db:
        upload = arrivals.find(db, staged_id, reader.user_id, clock.now())
        return upload, db.get_one(Title, upload.title_id)


def _answer(portal: Portal, upload: Upload, title: Title) -> JSONResponse:
    is_open = upload.finished_at is None and upload.in_store is not None
    have = portal.store.parts(upload.staged_id, upload.in_store or "") if is_open else {}
    answer: dict[str, Any] = {
        "state": "sending" if upload.finished_at is None else "finished",
        "address": _address(upload),
        "name": upload.file_name,
        "size": upload.size,
        "part_size": upload.part_size,
        "parts": upload.part_count,
        "digest": portal.store.part_digest,
        "have": sorted(number for number, size in have.items() if _is_whole(upload, number, size)),
        "until": words.iso(upload.began_at + arrivals.LIFE),
        "next": FILE_PAGE.format(slug=title.slug),
    }
    return JSONResponse(answer, headers=PRIVATE)


def _is_whole(upload: Upload, number: int, size: int) -> bool:
    return 1 <= number <= upload.part_count and upload.size_of(number) == size


def _address(upload: Upload) -> str:
    return f"{HERE}/{upload.staged_id}"
