"""`/desk/titles/{slug}/file`: a title's editions, what became of files that were sent, and the form to send one."""

from collections.abc import AsyncGenerator
from functools import partial

from sqlmodel import Session as Db
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge import words
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound, TooLarge
from api.intake import pipeline
from api.intake.leases import UNFINISHED
from api.intake.reasons import why_refused
from api.shelf import overview
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.tables import Title
from api.uploads import arrivals, quota
from storage.keys import staged_id as new_staged_id
from storage.store import AddressingStore

router = Router()
HERE = f"{DESK}/titles/{{slug}}/file"
FIELD = "pdf"
ANY_SIZE = 1 << 50  # bytes: what the door lets through where the settings say the size
AROUND = 8 * 1024  # bytes that a form has beside its file
EDITION = N_("Edition", context="of a file")
SHOWN = 10  # files that were sent, newest first


@router.get(HERE)
@open_to_all(FOR_STAFF)
def file_of_title(portal: ThePortal, reader: Staff, db: Reading, slug: str) -> Response:
    title = title_of(db, slug)
    title_id, store = id_of(title), portal.store
    intakes = pipeline.of_title(db, title_id)[:SHOWN]
    return desk_page(
        portal,
        "desk/file.html",
        reader,
        here="titles",
        connect_to=store.part_origin if isinstance(store, AddressingStore) else None,
        title=title,
        editions=overview.editions_of(db, title_id),
        intakes=intakes,
        is_checking=any(intake.state in UNFINISHED for intake in intakes),
        uploads=arrivals.under_way(db, title_id, reader.user_id, clock.now()),
        life=arrivals.LIFE,
        limits=portal.settings.uploads,
        field=FIELD,
        why_refused=why_refused,
        edition_word=EDITION,
    )


@router.post(HERE, max_body_size=ANY_SIZE)
@open_to_all(FOR_STAFF)
async def take_whole_file(request: Request, portal: ThePortal, reader: Staff, slug: str) -> Response:
    """The plain form of a browser without scripts: the file in one piece, and the result on the next page."""
    await run_in_threadpool(_must_be_title, portal, slug)
    body = Body(request, portal.settings.uploads.largest_form)
    try:
        sent = await MultiPartParser(request.headers, body.pieces(), max_files=1, max_fields=4).parse()
    except (MultiPartException, KeyError) as error:
        raise body.refusal or Invalid(N_("The form did not arrive as a form.")) from error
    try:
        file = sent.get(FIELD)
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid(
                N_("Choose a PDF first."),
                heading=N_("No file was chosen"),
                way_on=(_page_of(slug), N_("Back to the form")),
            )
        await run_in_threadpool(_take, portal, reader, slug, file)
    finally:
        await sent.close()
    return RedirectResponse(_page_of(slug), 303, headers=PRIVATE)


def title_of(db: Db, slug: str) -> Title:
    title = overview.by_slug(db, slug)
    if title is None:
        raise NotFound
    return title


def _page_of(slug: str) -> str:
    return HERE.format(slug=slug)


def _must_be_title(portal: Portal, slug: str) -> None:
    with portal.database.reading() as db:
        title_of(db, slug)


def _take(portal: Portal, reader: Reader, slug: str, file: UploadFile) -> None:
    staged_id, limits = new_staged_id(), portal.settings.uploads
    quota.must_fit(file.size or 0, limits.largest_form)
    staged = portal.store.stage(staged_id, file.file)
    try:
        with portal.database.writing() as db:
            arrivals.write_down_whole(
                db,
                limits,
                staged_id=staged_id,
                title=title_of(db, slug),
                user_id=reader.user_id,
                name=file.filename or "",
                size=staged.size,
                sha256=staged.sha256,
            )
    except BaseException:
        portal.store.discard(staged_id)
        raise


class Body:
    """The body of a form, as long as it is no larger than one with the largest file; else `refusal` says so.

    What ends it early is a fault of the form to the parser, which then lets go of what it has on disk.
    """

    def __init__(self, request: Request, largest: int) -> None:
        self._request, self._largest = request, largest
        self.refusal: TooLarge | None = None

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        came = 0
        try:
            async for piece in self._request.stream():
                came += len(piece)
                if came > self._largest + AROUND:
                    self.refusal = self._too_large()
                    raise MultiPartException("too large")
                yield piece
        except ClientDisconnect as error:
            raise MultiPartException("the sender is gone") from error

    def _too_large(self) -> TooLarge:
        most = partial(words.size, self._largest)
        return TooLarge(
            N_("In one piece a file may have {most}. With scripts switched on, larger ones can be sent.", most=most),
            heading=N_("The file is too large for this form"),
        )
