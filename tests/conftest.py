"""A portal for each test: real migrations, a real store on disk, a real server on a port of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database import Database
from api.migrations import upgrade
from api.settings import Settings
from tests.site import Site, free_port, served

SECRET = "k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest migration, to copy from."""
    path = tmp_path_factory.mktemp("template") / "gatefold.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()  # folds the write-ahead log into the file
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """Demo settings on a free port, over a fresh copy of the migrated database."""
    (tmp_path / "gatefold.db").write_bytes(migrated.read_bytes())
    return Settings(
        _env_file=None,
        public_url=f"http://localhost:{free_port()}",
        secret_key=SECRET,
        database_url=f"sqlite:///{tmp_path / 'gatefold.db'}",
        storage={"root": tmp_path / "files"},
        demo=True,
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """The portal, answering on its public URL, with an empty shelf."""
    with served(settings) as running:
        yield running
