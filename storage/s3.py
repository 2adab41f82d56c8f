"""The store on an S3 bucket: `ab/cd/<sha256>`, checked here before it is sent, handed out by pre-signed links."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager
from tempfile import TemporaryFile
from typing import BinaryIO

from storage.arrival import copy_checked
from storage.keys import key_at
from storage.room import full_is_said
from storage.s3_models import lean_session
from storage.s3_parts import S3Parts
from storage.s3_wire import S3File, client_of, in_our_terms
from storage.store import Listed, Stat

PATIENCE = 600  # seconds for the store to move the bytes of a large file from one place to another
LINK_LIFETIMES = range(120, 901)  # seconds
DEFAULT_REGION = "us-east-1"
_NAMED = re.compile(
    r'(attachment|inline); filename="[A-Za-z0-9_][A-Za-z0-9._-]*"'
    r"(; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+)?"
)


class S3Store(S3Parts):
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
        session = lean_session()
        region = region or session.region_name or DEFAULT_REGION
        client = client_of(session, region, endpoint_url)
        signer = client_of(session, region, public_endpoint_url) if public_endpoint_url else client
        super().__init__(client, client_of(session, region, endpoint_url, PATIENCE), signer, bucket)

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
            with in_our_terms(sha256):
                self._client.put_object(**where, Body=copy, ContentLength=size, ChecksumSHA256=checksum)

    def stat(self, key: str) -> Stat:
        with in_our_terms(key):
            found = self._client.head_object(**self._where(key))
        return Stat(found["ContentLength"], found["LastModified"])

    def open(self, key: str) -> AbstractContextManager[S3File]:
        return self._reading(self._where(key), key)

    def listing(self) -> Iterator[Listed]:
        with in_our_terms("listing"):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for found in page.get("Contents", ()):
                    if (key := key_at(found["Key"])) is not None:
                        yield Listed(found["Size"], found["LastModified"], key)

    def delete(self, key: str) -> None:
        with in_our_terms(key):
            self._client.delete_object(**self._where(key))

    @property
    def link_origin(self) -> str:
        return self.part_origin

    def bare_addresses(self, key: str) -> tuple[str, str]:
        """Where the file, and the list of all, would be for anybody if the bucket were not private."""
        with in_our_terms(key):
            file = self._signer.generate_presigned_url("get_object", Params=self._where(key), ExpiresIn=1)
            listing = self._signer.generate_presigned_url("list_objects_v2", Params={"Bucket": self._bucket})
        return str(file).partition("?")[0], f"{str(listing).partition('?')[0]}?list-type=2&max-keys=1"

    def link(self, key: str, *, disposition: str, media_type: str, lifetime: int) -> str:
        """An address at which the store itself hands out the file, for `lifetime` seconds.

        Signing asks nobody, so there may be nothing at that address. ValueError for a lifetime out of bounds
        and for any disposition but that of a file with a name.
        """
        if lifetime not in LINK_LIFETIMES:
            raise ValueError(f"a link can't live {lifetime} seconds")
        if not _NAMED.fullmatch(disposition):
            raise ValueError(f"{disposition!r} is not how a file is sent")
        asked = self._where(key) | {
            "ResponseContentDisposition": disposition,
            "ResponseContentType": media_type,
        }
        with in_our_terms(key):
            return str(self._signer.generate_presigned_url("get_object", Params=asked, ExpiresIn=lifetime))
