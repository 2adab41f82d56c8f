"""How a part gets into a store, whichever it is: written to it, or PUT to the address that it signs."""

import hashlib
from http.client import HTTPConnection
from urllib.parse import urlsplit

from storage.store import AddressingStore, ReceivingStore, Store
from tests.patience import PATIENCE

LIFETIME = 300  # seconds


class Refused(Exception):
    """The store did not take the part."""


def digest_of(store: Store, data: bytes) -> str:
    return hashlib.new(store.part_digest, data).hexdigest()


def send(
    store: Store, staged_id: str, in_store: str, number: int, data: bytes, *, announced: bytes | None = None
) -> None:
    """`data` under the size and digest of `announced`, which is the same where nothing is said."""
    announced = data if announced is None else announced
    size, digest = len(announced), digest_of(store, announced)
    if isinstance(store, AddressingStore):
        address = store.part_address(staged_id, in_store, number, size, digest, LIFETIME)
        put(address.url, data, dict(address.headers))
        return
    assert isinstance(store, ReceivingStore)
    part = store.receive_part(staged_id, number, size, digest)
    try:
        part.write(data[: len(data) // 2])
        part.write(data[len(data) // 2 :])
        part.finish()
    except Exception as error:
        raise Refused from error
    finally:
        part.close()


def put(url: str, data: bytes, headers: dict[str, str]) -> None:
    where = urlsplit(url)
    connection = HTTPConnection(where.netloc, timeout=PATIENCE)
    try:
        connection.request("PUT", f"{where.path}?{where.query}", data, headers)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise Refused(answer.status)
