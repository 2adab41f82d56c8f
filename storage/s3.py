"""The store on an S3 bucket: `ab/cd/<sha256>`, checked here before it is sent, handed out by pre-signed links."""

import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.arrival import copy_checked
from storage.keys import key_at, place
from storage.room import full_is_said, means_full
from storage.store import Full, Listed, Missing, Stat, Unreachable

CONNECT_TIMEOUT, READ_TIMEOUT = 3, 10  # seconds
ATTEMPTS = 2
CONNECTIONS = 50  # kept open side by side
LINK_LIFETIMES = range(120, 901)  # seconds
DEFAULT_REGION = "us-east-1"
_NOT_THERE = ("404", "NoSuchKey", "NotFound")
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class S3Store:
    """A store in `bucket`. Credentials, and the region where none is given, come from boto3's own chain.

    `endpoint_url` is for stores other than Amazon's; `public_endpoint_url` is the same store as readers reach it,
    which links are signed for. Addresses have the bucket in their path where there is an endpoint.
    """

    def __init__(
        self,
        bucket: str,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        public_endpoint_url: str | None = None,
    ) -> None:
        self._bucket = bucket
        session = Session()
        region = region or session.region_name or DEFAULT_REGION
        self._client = _client(session, region, endpoint_url)
        self._signer = _client(session, region, public_endpoint_url) if public_endpoint_url else self._client

    @full_is_said()
    def put(self, source: BinaryIO, sha256: str, size: int) -> None:
        """Nothing leaves this machine before it is known to be what was announced; the store checks it once more."""
        where = self._where(sha256)
        with TemporaryFile() as copy:
            copy_checked(source, copy, sha256, size)
            if self._is_there(sha256, size):
                return
            copy.seek(0)
            checksum = b64encode(bytes.fromhex(sha256)).decode()
            with _in_our_terms(sha256):
                self._client.put_object(**where, Body=copy, ContentLength=size, ChecksumSHA256=checksum)

    def stat(self, key: str) -> Stat:
        with _in_our_terms(key):
            found = self._client.head_object(**self._where(key))
        return Stat(found["ContentLength"], found["LastModified"])

    @contextmanager
    def open(self, key: str) -> Iterator["S3File"]:
        where = self._where(key)
        with _in_our_terms(key):
            answer = self._client.get_object(**where)
        try:
            yield S3File(self._client, where, key, answer["Body"], answer["ContentLength"])
        finally:
            answer["Body"].close()

    def listing(self) -> Iterator[Listed]:
        with _in_our_terms("listing"):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for found in page.get("Contents", ()):
                    if (key := key_at(found["Key"])) is not None:
                        yield Listed(found["Size"], found["LastModified"], key)

    def delete(self, key: str) -> None:
        with _in_our_terms(key):
            self._client.delete_object(**self._where(key))

    def sweep(self, older_than: timedelta) -> int:
        """None ever: an object arrives in one request, and a broken one leaves nothing."""
        return 0

    def link(self, key: str, *, filename: str, media_type: str, lifetime: int) -> str:
        """An address at which the store itself hands out the file as a download, for `lifetime` seconds.

        Signing asks nobody, so there may be nothing at that address. ValueError for a lifetime or a name out of bounds.
        """
        if lifetime not in LINK_LIFETIMES:
            raise ValueError(f"a link can't live {lifetime} seconds")
        if not _FILENAME.fullmatch(filename):
            raise ValueError(f"{filename!r} is no name for a download")
        asked = self._where(key) | {
            "ResponseContentDisposition": f'attachment; filename="{filename}"',
            "ResponseContentType": media_type,
        }
        with _in_our_terms(key):
            return str(self._signer.generate_presigned_url("get_object", Params=asked, ExpiresIn=lifetime))

    def _where(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": "/".join(place(key))}

    def _is_there(self, key: str, size: int) -> bool:
        try:
            return self.stat(key).size == size
        except Missing:
            return False


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
        with _in_our_terms(self._key):
            answer = self._client.get_object(**self._where, Range=f"bytes={offset}-{offset + length - 1}")
            with answer["Body"] as body:
                data = bytes(body.read()) if answer["ContentLength"] == length else b""
        if len(data) != length:
            raise Unreachable(f"the store sent other bytes of {self._key} than were asked for")
        return data


def _client(session: Session, region: str, endpoint_url: str | None) -> Any:
    return session.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": "path" if endpoint_url else "virtual"},
            # Stores other than Amazon's don't all know the newer checksums; ours is sent where it counts.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _in_our_terms(key: str) -> Iterator[None]:
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
