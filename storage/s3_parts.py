"""Parts in a bucket: an S3 multipart upload to the staging, each part PUT by the sender to a pre-signed address."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from storage.parts import must_be_all
from storage.s3_staging import S3Staging
from storage.s3_wire import in_our_terms
from storage.store import Missing, PartAddress, PartDigest, PartsMissing


class S3Parts(S3Staging):
    """`signer` is a client of the store as browsers reach it; it only signs, and asks nobody."""

    part_digest = PartDigest.MD5  # what every S3 server checks by itself; the newer checksums are not known to all

    def __init__(self, client: Any, patient: Any, signer: Any, bucket: str) -> None:
        super().__init__(client, patient, bucket)
        self._signer = signer

    def begin_parts(self, staged_id: str) -> str:
        with in_our_terms(staged_id):
            return str(self._client.create_multipart_upload(**self._staged(staged_id))["UploadId"])

    def part_address(
        self, staged_id: str, in_store: str, number: int, size: int, digest: str, lifetime: int
    ) -> PartAddress:
        """Length and digest are signed, so the address takes these bytes and no others."""
        md5 = b64encode(bytes.fromhex(digest)).decode()
        asked = self._staged(staged_id) | {
            "UploadId": in_store,
            "PartNumber": number,
            "ContentLength": size,
            "ContentMD5": md5,
        }
        with in_our_terms(staged_id):
            url = self._signer.generate_presigned_url("upload_part", Params=asked, ExpiresIn=lifetime)
        return PartAddress(str(url), {"Content-MD5": md5})

    @property
    def part_origin(self) -> str:
        url = self._signer.generate_presigned_url("head_bucket", Params={"Bucket": self._bucket}, ExpiresIn=1)
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"

    def parts(self, staged_id: str, in_store: str) -> dict[int, int]:
        return {number: size for number, (size, _) in self._listed(staged_id, in_store).items()}

    def join_parts(self, staged_id: str, in_store: str, sizes: Sequence[int]) -> None:
        listed = self._listed(staged_id, in_store)
        try:
            must_be_all({number: size for number, (size, _) in listed.items()}, sizes)
        except PartsMissing:
            if not self._is_staged(staged_id, sum(sizes)):  # it was put together before
                raise
            return
        parts = [{"PartNumber": number, "ETag": listed[number][1]} for number in range(1, len(sizes) + 1)]
        with in_our_terms(staged_id):
            self._patient.complete_multipart_upload(
                **self._staged(staged_id), UploadId=in_store, MultipartUpload={"Parts": parts}
            )

    def abandon_parts(self, staged_id: str, in_store: str) -> None:
        with in_our_terms(staged_id):
            try:
                self._client.abort_multipart_upload(**self._staged(staged_id), UploadId=in_store)
            except self._client.exceptions.NoSuchUpload:
                return

    def _listed(self, staged_id: str, in_store: str) -> dict[int, tuple[int, str]]:
        """Size and ETag of each part that is there, by number."""
        found: dict[int, tuple[int, str]] = {}
        asked = self._staged(staged_id) | {"UploadId": in_store}
        with in_our_terms(staged_id):
            try:
                for page in self._client.get_paginator("list_parts").paginate(**asked):
                    for part in page.get("Parts", ()):
                        found[part["PartNumber"]] = part["Size"], part["ETag"]
            except self._client.exceptions.NoSuchUpload:
                return {}
        return found

    def _is_staged(self, staged_id: str, size: int) -> bool:
        try:
            return self.staged_size(staged_id) == size
        except Missing:
            return False
