"""The stores that are held to the contract. A second store joins by a name here and a branch below."""

from pathlib import Path

import pytest

from storage.local import LocalStore
from storage.store import Store

STORES = ("local",)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    match request.param:
        case "local":
            return LocalStore(tmp_path / "files")
    raise NotImplementedError(request.param)
