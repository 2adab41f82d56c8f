"""`PUT /desk/uploads/…/parts/…`: one part, written to the local store as it comes and never held in memory whole."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.desk.page import FOR_STAFF
from api.desk.uploads import ONE
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound, TooLarge
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_
from api.uploads import addresses, arrivals
from storage.store import ArrivingPart, ReceivingStore, WrongDigest, WrongSize

router = Router()
LARGEST_PART = 1 << 30  # bytes; the address of a part says how many it may have
PIECE = 1 << 20  # bytes gathered before they are written


@router.put(f"{ONE}/parts/{{number}}", max_body_size=LARGEST_PART)
@open_to_all(FOR_STAFF)
async def take_part(
    request: Request,
    portal: ThePortal,
    reader: Staff,
    staged_id: str,
    number: int,
    size: int,
    digest: str,
    until: int,
    signature: str,
) -> Response:
    """The address is signed for these bytes; the session has to be its editor's as well."""
    store = portal.store
    if not isinstance(store, ReceivingStore):
        raise NotFound
    addresses.must_hold(portal.seal, staged_id, number, size, digest, until, signature, clock.now())
    await run_in_threadpool(_must_be_open, portal, reader, staged_id)
    _must_announce(request, number, size)
    part = await run_in_threadpool(store.receive_part, staged_id, number, size, digest)
    try:
        await _write(request, part)
        await run_in_threadpool(part.finish)
    except WrongSize as error:
        raise _not_that_size(number, size) from error
    except WrongDigest as error:
        words = N_("Part {number} is not what its digest says. Send it again.", number=number)
        raise Invalid(words, heading=N_("Other bytes")) from error
    except ClientDisconnect:
        return Response(status_code=400)  # nobody hears it
    finally:
        part.close()
    return Response(status_code=204, headers=PRIVATE)


def _must_be_open(portal: Portal, reader: Reader, staged_id: str) -> None:
    with portal.database.reading() as db:
        addresses.must_be_open(arrivals.find(db, staged_id, reader.user_id, clock.now()))


def _must_announce(request: Request, number: int, size: int) -> None:
    """Refuse at once what says itself that it has another size."""
    announced = request.headers.get("content-length")
    if announced is not None and announced != str(size):
        raise _not_that_size(number, size)


def _not_that_size(number: int, size: int) -> TooLarge:
    words = N_("Part {number} was to have {size} bytes. Send it again.", number=number, size=size)
    return TooLarge(words, heading=N_("The part has another size"))


async def _write(request: Request, part: ArrivingPart) -> None:
    gathered = bytearray()
    async for piece in request.stream():
        gathered += piece
        if len(gathered) >= PIECE:
            await run_in_threadpool(part.write, bytes(gathered))
            gathered.clear()
    await run_in_threadpool(part.write, bytes(gathered))
