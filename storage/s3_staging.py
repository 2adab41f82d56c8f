"""The staging of the store on a bucket: objects under `staging/`, and the copy inside the store that keeps one."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, BinaryIO

from storage.arrival import Measured
from storage.keys import key_at, place, staged_name
from storage.s3_wire import S3File, in_our_terms
from storage.store import Missing, Staged, WrongSize

STAGING = "staging/"
PART = 16 << 20  # bytes sent at a time; ten thousand of them are 160 GB
LARGEST_COPY = 5 << 30  # bytes that S3 copies in one request
COPIED_PART = 1 << 30  # bytes a request above that


class S3Staging:
    """`patient` is a client that waits longer: the store answers some requests only when it has moved the bytes."""

    def __init__(self, client: Any, patient: Any, bucket: str) -> None:
        self._client, self._patient, self._bucket = client, patient, bucket

    def stage(self, staged_id: str, source: BinaryIO, told: Callable[[int], object] | None = None) -> Staged:
        """Part by part, so that no more than one is in memory; the object is there with the last request."""
        where, measured = self._staged(staged_id), Measured(source, told)
        parts = _gathered(measured.pieces())
        first = next(parts, b"")
        with in_our_terms(staged_id):
            if len(first) < PART:
                self._client.put_object(**where, Body=first)
            else:
                with self._in_parts(where) as send:
                    for body in chain([first], parts):
                        send(self._client.upload_part, Body=body)
        return measured.staged

    @contextmanager
    def open_staged(self, staged_id: str) -> Iterator[S3File]:
        with self._reading(self._staged(staged_id), staged_id) as file:
            yield file

    def staged_size(self, staged_id: str) -> int:
        return self._size(self._staged(staged_id), staged_id)

    def keep(self, staged_id: str, sha256: str, size: int) -> None:
        where, staged = self._where(sha256), self._staged(staged_id)
        if not self._is_there(sha256, size):
            if (found := self.staged_size(staged_id)) != size:
                raise WrongSize(f"announced {size} bytes, staged {found}")
            with in_our_terms(staged_id):
                self._copy(staged, where, size)
        self.discard(staged_id)

    def discard(self, staged_id: str) -> None:
        with in_our_terms(staged_id):
            self._client.delete_object(**self._staged(staged_id))

    def sweep(self, older_than: timedelta, spared: Collection[str] = ()) -> int:
        """Also ends transfers in parts, to the staging or to a key, that began longer ago than that."""
        oldest = datetime.now(UTC) - older_than
        spared_keys = {f"{STAGING}{each}" for each in spared}
        with in_our_terms(STAGING):
            old = [each["Key"] for each in self._all_staged() if each["LastModified"] < oldest]
            swept = [key for key in old if key not in spared_keys]
            for key in swept:
                self._client.delete_object(Bucket=self._bucket, Key=key)
            broken_off = [each for each in self._unfinished() if each["Initiated"] < oldest]
            for each in broken_off:
                with suppress(self._client.exceptions.NoSuchUpload):  # it has ended meanwhile
                    self._client.abort_multipart_upload(Bucket=self._bucket, Key=each["Key"], UploadId=each["UploadId"])
        return len(swept) + len(broken_off)

    def _copy(self, staged: dict[str, str], where: dict[str, str], size: int) -> None:
        if size <= LARGEST_COPY:
            self._patient.copy_object(**where, CopySource=staged)
            return
        with self._in_parts(where) as send:
            for start in range(0, size, COPIED_PART):
                extent = f"bytes={start}-{min(start + COPIED_PART, size) - 1}"
                send(self._patient.upload_part_copy, CopySource=staged, CopySourceRange=extent)

    @contextmanager
    def _in_parts(self, where: dict[str, str]) -> Iterator[Callable[..., None]]:
        """A transfer in parts: each call makes the request for the next one. Completed at the end, or given up."""
        upload_id = self._client.create_multipart_upload(**where)["UploadId"]
        sent: list[dict[str, Any]] = []

        def send(request: Callable[..., dict[str, Any]], **values: object) -> None:
            number = len(sent) + 1
            answer = request(**where, UploadId=upload_id, PartNumber=number, **values)
            sent.append({"PartNumber": number, "ETag": answer.get("CopyPartResult", answer)["ETag"]})

        try:
            yield send
            self._patient.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": sent})
        except BaseException:
            with suppress(Exception):  # the sweep does it else
                self._client.abort_multipart_upload(**where, UploadId=upload_id)
            raise

    def _all_staged(self) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=STAGING):
            yield from page.get("Contents", ())

    def _unfinished(self) -> Iterator[dict[str, Any]]:
        with suppress(self._client.exceptions.NoSuchUpload):  # so some servers say that there is none
            for page in self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket):
                yield from (each for each in page.get("Uploads", ()) if _is_ours(each["Key"]))

    @contextmanager
    def _reading(self, where: dict[str, str], name: str) -> Iterator[S3File]:
        with in_our_terms(name):
            answer = self._client.get_object(**where)
        try:
            yield S3File(self._client, where, name, answer["Body"], answer["ContentLength"])
        finally:
            answer["Body"].close()

    def _size(self, where: dict[str, str], name: str) -> int:
        with in_our_terms(name):
            return int(self._client.head_object(**where)["ContentLength"])

    def _is_there(self, key: str, size: int) -> bool:
        try:
            return self._size(self._where(key), key) == size
        except Missing:
            return False

    def _where(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": "/".join(place(key))}

    def _staged(self, staged_id: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{STAGING}{staged_name(staged_id)}"}


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of the size that is sent; the last may be shorter."""
    part = bytearray()
    for piece in pieces:
        part += piece
        if len(part) >= PART:
            yield bytes(part[:PART])
            del part[:PART]
    if part:
        yield bytes(part)


def _is_ours(path: str) -> bool:
    return path.startswith(STAGING) or key_at(path) is not None
