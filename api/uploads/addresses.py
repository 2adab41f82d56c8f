"""Where one part is to be sent: at an address signed for these bytes of this upload, and only for a short time."""

import hmac
from datetime import datetime
from urllib.parse import urlencode

from api import clock
from api.errors import Conflict, Gone, Invalid, NotFound
from api.seal import Seal
from api.spoken import N_
from api.tables import Upload
from storage.store import AddressingStore, PartAddress, PartDigest, Store

LIFETIME = 15 * 60  # seconds in which the sending has to begin
PURPOSE = "part of an upload"
DIGITS = {PartDigest.SHA256: 64, PartDigest.MD5: 32}  # of a digest in hexadecimal


def address_of_part(
    store: Store, seal: Seal, upload: Upload, base: str, number: int, size: int, digest: str
) -> PartAddress:
    """`base` is the upload's own address at the portal. Raises Conflict or Invalid for what can't be such a part."""
    must_be_open(upload)
    must_be_part(upload, number, size)
    if len(digest) != DIGITS[store.part_digest] or not set(digest) <= set("0123456789abcdef"):
        words = N_("A part goes with its {digest} in small hexadecimal digits.", digest=store.part_digest)
        raise Invalid(words, heading=N_("No digest"))
    assert upload.in_store is not None
    if isinstance(store, AddressingStore):
        return store.part_address(upload.staged_id, upload.in_store, number, size, digest, LIFETIME)
    until = int(clock.now().timestamp()) + LIFETIME
    signed = _signature(seal, upload.staged_id, number, size, digest, until)
    query = urlencode({"size": size, "digest": digest, "until": until, "signature": signed})
    return PartAddress(f"{base}/parts/{number}?{query}", {})


def must_hold(
    seal: Seal, staged_id: str, number: int, size: int, digest: str, until: int, signature: str, now: datetime
) -> None:
    """Raises NotFound for an address that was never made, Gone for one whose time is over."""
    made = _signature(seal, staged_id, number, size, digest, until)
    if not hmac.compare_digest(made.encode(), signature.encode(errors="surrogatepass")):
        raise NotFound
    if now.timestamp() >= until:
        words = N_("Ask for another one; the parts that have come are still here.")
        raise Gone(words, heading=N_("This address has run out"))


def must_be_open(upload: Upload) -> None:
    """Raises Conflict for a finished upload: nothing more is written to it."""
    if upload.finished_at is not None:
        raise Conflict(N_("It is complete, and takes no more parts."), heading=N_("This upload is finished"))


def must_be_part(upload: Upload, number: int, size: int) -> None:
    """Raises Invalid where the file has no such part, or not of that size."""
    if not 1 <= number <= upload.part_count:
        raise Invalid(
            N_(
                "The file has {count} parts, and number {number} is none of them.",
                count=upload.part_count,
                number=number,
            ),
            heading=N_("No such part"),
        )
    if size != upload.size_of(number):
        raise Invalid(
            N_(
                "Part {number} of this file has {right} bytes, not {size}.",
                number=number,
                right=upload.size_of(number),
                size=size,
            ),
            heading=N_("Not that part"),
        )


def _signature(seal: Seal, staged_id: str, number: int, size: int, digest: str, until: int) -> str:
    return seal.digest(PURPOSE, f"{staged_id} {number} {size} {digest} {until}")
