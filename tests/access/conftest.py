"""A database of its own, and a title on its shelf, for what rules need to know of a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database import Database
from api.tables import Kind, State, Title


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    path = tmp_path / "access.db"
    path.write_bytes(migrated.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def title_id(database: Database) -> int:
    with database.writing() as db:
        title = Title(slug="rivers", kind=Kind.REPORT, state=State.PUBLISHED, title="Rivers", full_title="Rivers")
        db.add(title)
        db.flush()
        assert title.id is not None
        return title.id
