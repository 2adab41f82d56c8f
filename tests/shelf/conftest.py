"""An empty shelf of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database import Database


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    (tmp_path / "gatefold.db").write_bytes(migrated.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'gatefold.db'}")
    yield database
    database.close()
