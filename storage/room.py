"""What says that there is no room left, on a disk or in an S3 store, becomes one error."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from storage.store import Full

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the last: larger than the disk or a limit lets a file be
_INSUFFICIENT_STORAGE = 507  # MinIO among others
_QUOTA = "QuotaExceeded"  # Ceph, with a 403


@contextmanager
def full_is_said() -> Iterator[None]:
    """A disk that takes no more, as Full. Serves as a decorator too."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise Full(f"there is no room: {error.strerror}") from error
        raise


def means_full(response: Mapping[str, Any]) -> bool:
    """Whether the answer of an S3 store, as boto3 reads errors, says that it is full."""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return bool(status == _INSUFFICIENT_STORAGE or response.get("Error", {}).get("Code") == _QUOTA)
