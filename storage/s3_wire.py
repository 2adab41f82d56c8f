"""How an S3 server is spoken to: a client with our limits, its faults in our terms, an object read by parts."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.room import means_full
from storage.store import Full, Missing, Unreachable

CONNECT_TIMEOUT, READ_TIMEOUT = 3, 10  # seconds
ATTEMPTS = 2
CONNECTIONS = 50  # kept open side by side
_NOT_THERE = ("404", "NoSuchKey", "NotFound")


class S3File:
    """An object being read: from its start on one connection, any other part by a request of its own."""

    def __init__(self, client: Any, where: dict[str, str], key: str, body: Any, size: int) -> None:
        self.size = size
        self._client, self._where, self._key, self._body = client, where, key, body
        self._position = 0
        self._turn = threading.Lock()

    def read_at(self, offset: int, length: int) -> bytes:
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        with self._turn:
            if offset == self._position:
                return self._read_on(length)
        return self._read_part(offset, length)

    def _read_on(self, length: int) -> bytes:
        try:
            data = bytes(self._body.read(length))
        except BotoCoreError:  # the connection broke, or rested too long beside a slow reader
            data = b""
        if len(data) < length:
            return self._read_part(self._position, length)
        self._position += length
        return data

    def _read_part(self, offset: int, length: int) -> bytes:
        """boto3 asks again where no answer comes; where the bytes of one break off, we do."""
        for _ in range(ATTEMPTS):
            with in_our_terms(self._key):
                answer = self._client.get_object(**self._where, Range=f"bytes={offset}-{offset + length - 1}")
                if answer["ContentLength"] != length:
                    answer["Body"].close()
                    raise Unreachable(f"the store sent other bytes of {self._key} than were asked for")
                # Its own `with` would give the bare connection, whose faults are not boto3's.
                with closing(answer["Body"]) as body, suppress(BotoCoreError):
                    return bytes(body.read())
        raise Unreachable(f"the store broke off, each time it was asked for a part of {self._key}")


def client_of(session: Session, region: str, endpoint_url: str | None, read_timeout: float | None = None) -> Any:
    return session.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT if read_timeout is None else read_timeout,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": "path" if endpoint_url else "virtual"},
            # Stores other than Amazon's don't all know the newer checksums; ours is sent where it counts.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def in_our_terms(key: str) -> Iterator[None]:
    """What boto3 raises, as Missing or Unreachable; the message names no credentials."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _NOT_THERE:
            raise Missing(key) from error
        if means_full(error.response):
            raise Full(f"the store has no room: {code}") from error
        raise Unreachable(f"the store answered {error.operation_name} with {code}") from error
    except BotoCoreError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
