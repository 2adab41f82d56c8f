"""What boto3 keeps in mind about S3, made small: it reads the whole of AWS, of which a store needs a dozen requests.

Unnarrowed, a worker holds some eleven megabytes of JSON for as long as it lives: where every service of AWS is to be
found in every region, and every request that S3 knows with what its manual says about it.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from boto3.session import Session
from botocore.loaders import JSONFileLoader
from botocore.session import get_session

# S3 itself, and whoever gives boto3 its credentials where they are not simply set.
SERVICES = frozenset({"s3", "sts", "oidc", "portal.sso"})
REQUESTS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "DeleteObject",
        "GetObject",
        "HeadBucket",
        "HeadObject",
        "ListMultipartUploads",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "UploadPart",
        "UploadPartCopy",
    }
)


def lean_session() -> Session:
    """A session of boto3 that knows `SERVICES` and, of S3, `REQUESTS` and nothing else."""
    core = get_session()
    core.get_component("data_loader").file_loader = _Narrowed()
    return Session(botocore_session=core)


class _Narrowed(JSONFileLoader):  # type: ignore[misc]
    def load_file(self, file_path: str) -> Any:
        found, path = super().load_file(file_path), PurePath(file_path)
        if found is not None and path.name == "endpoints":
            _keep_services(found)
        if found is not None and path.name == "service-2" and path.parts[-3] == "s3":
            _keep_requests(found)
        return found


def _keep_services(endpoints: dict[str, Any]) -> None:
    for partition in endpoints["partitions"]:
        partition["services"] = {name: it for name, it in partition["services"].items() if name in SERVICES}


def _keep_requests(model: dict[str, Any]) -> None:
    """Leave the requests that are made, the shapes of what they send and bring, and no word of the manual."""
    model["operations"] = {name: it for name, it in model["operations"].items() if name in REQUESTS}
    needed, waiting = set[str](), list(_shapes_in(model["operations"]))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _shapes_in(model["shapes"][name])
    model["shapes"] = {name: it for name, it in model["shapes"].items() if name in needed}
    _silence(model)


def _shapes_in(part: Any) -> Iterator[str]:
    return (each["shape"] for each in _dicts_in(part) if isinstance(each.get("shape"), str))


def _silence(model: dict[str, Any]) -> None:
    for each in _dicts_in(model):
        if isinstance(each.get("documentation"), str):
            each["documentation"] = ""


def _dicts_in(part: Any) -> Iterator[dict[str, Any]]:
    """The part itself, and whatever lies in it, however deep."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _dicts_in(each)
