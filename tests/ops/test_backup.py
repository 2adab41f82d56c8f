"""A backup while it is made: of one moment, and whole or none."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from api.ops import backup
from api.tables import Title
from tests.make import shelve
from tests.site import Site


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, files_of = shelve(site), backup.objects_seen

    def meanwhile(db: Any) -> Any:
        shelve(site, "lakes", file=b"%PDF-1.7 lakes")
        return files_of(db)

    monkeypatch.setattr(backup, "objects_seen", meanwhile)
    place, manifest = backup.make(site.portal.database, site.portal.seal, tmp_path / "backups")
    with site.portal.database.reading() as db:
        assert db.exec(select(sa.func.count()).select_from(Title)).one() == 2, (
            "nothing was written, so this proves nothing"
        )
    assert (manifest.tables["title"], manifest.tables["edition"]) == (1, 1)
    assert [each.size for each in backup.objects_of(place)] == [len(made.file or b"")]


def test_a_backup_half_written_is_none(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "objects_seen", lambda _db: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        backup.make(site.portal.database, site.portal.seal, tmp_path / "backups")
    assert [path for path in (tmp_path / "backups").iterdir() if not path.name.startswith(".")] == []
