"""The stores that are held to the contract. Another store joins by a name here and a branch below."""

from pathlib import Path

import pytest

from storage.store import Store
from storage.stores import store_of
from tests.s3 import S3Server

STORES = ("local", "s3")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    match request.param:
        case "local":
            return store_of("local", root=tmp_path / "files")
        case "s3":
            request.getfixturevalue("s3_keys")
            server: S3Server = request.getfixturevalue("s3_server")
            return store_of("s3", root=tmp_path, bucket=server.bucket(), endpoint_url=server.url)
    raise NotImplementedError(request.param)
