"""A backup: every row and the list of the store's files as one instant saw them, read back before it counts.

A folder of backups has one folder for each, the newest ledger beside them, and with files these as well, each once.
"""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session as Db

from api import clock, migrations
from api.database import Database
from api.ops import rows
from api.ops.ledger import Ledger, of_secret, written
from api.seal import Seal
from api.shelf.objects import objects_seen
from storage.owned import Owned

FORMAT = 1
MANIFEST, ROWS, OBJECTS, LEDGER, FILES = "manifest.json", "rows.jsonl.gz", "objects.jsonl.gz", "ledger.json.gz", "files"


class Broken(Exception):
    """What is there is no whole backup; the message says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `digests` are the SHA-256 of its files, `secret` tells which secret key it goes with."""

    format: int
    made_at: str
    revision: str
    secret: str
    tables: dict[str, int]
    objects: int
    object_bytes: int
    digests: dict[str, str]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def make(database: Database, seal: Seal, folder: Path) -> tuple[Path, Manifest]:
    """Write a backup into a folder of its own in `folder`, and the ledger beside it; where it is, and what is in it."""
    if not migrations.is_current(database):
        raise Broken("the database stands at another version's tables, which this one does not know")
    now = clock.now()
    place = folder / f"gatefold-{now:%Y%m%dT%H%M%SZ}"
    if place.exists():
        raise Broken(f"{place} is there already")
    part = folder / f".{place.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    with database.reading() as db:
        tables = _write_rows(part / ROWS, db)
        count, size = _write_objects(part / OBJECTS, db)
        ledger = written(db, seal, now)
    manifest = Manifest(
        FORMAT,
        now.isoformat(),
        migrations.newest(),
        of_secret(seal),
        tables,
        count,
        size,
        {name: _digest(part / name) for name in (ROWS, OBJECTS)},
    )
    _write_whole(part / MANIFEST, json.dumps(asdict(manifest), indent=2).encode())
    if read(part) != manifest:
        raise Broken("what was written can't be read back; look at the disk")
    os.replace(part, place)
    _sync(folder)
    keep_ledger(ledger, folder)
    return place, manifest


def make_ledger(database: Database, seal: Seal, folder: Path) -> Ledger:
    """Bring the ledger beside the backups up to date."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database.reading() as db:
        rows.wait_long(db.connection())
        ledger = written(db, seal, clock.now())
    keep_ledger(ledger, folder)
    return ledger


def keep_ledger(ledger: Ledger, folder: Path) -> None:
    _write_whole(folder / LEDGER, gzip.compress(json.dumps(ledger.as_json()).encode(), 6, mtime=0))


def read(place: Path) -> Manifest:
    """The manifest, after every file of the backup was read and found whole. Raises Broken."""
    try:
        manifest = Manifest(**json.loads((place / MANIFEST).read_text()))
        if manifest.format != FORMAT:
            raise Broken(f"{place} was written by another version")
        for name, digest in manifest.digests.items():
            if _digest(place / name) != digest:
                raise Broken(f"{place / name} is not what was written")
        if _counted(lines_of(place)) != manifest.tables:
            raise Broken(f"{place / ROWS} has not the rows it should have")
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise Broken(f"{place} is no whole backup ({type(error).__name__}: {error})") from error
    return manifest


def read_ledger(file: Path) -> Ledger:
    try:
        return Ledger(**json.loads(gzip.decompress(file.read_bytes())))
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise Broken(f"{file} is no ledger ({type(error).__name__}: {error})") from error


def lines_of(place: Path) -> Iterator[str]:
    with gzip.open(place / ROWS, "rt", encoding="utf-8") as file:
        yield from file


def objects_of(place: Path) -> Iterator[Owned]:
    with gzip.open(place / OBJECTS, "rt", encoding="utf-8") as file:
        for line in file:
            yield Owned(**json.loads(line))


def is_newer(ledger: Ledger, manifest: Manifest) -> bool:
    return datetime.fromisoformat(ledger.made_at) >= datetime.fromisoformat(manifest.made_at)


def _write_rows(file: Path, db: Db) -> dict[str, int]:
    def passed_on() -> Iterator[str]:
        for line in rows.lines(db):
            _write_line(out, line)
            yield line

    with gzip.open(file, "wt", 6, encoding="utf-8") as out:
        return _counted(passed_on())


def _write_objects(file: Path, db: Db) -> tuple[int, int]:
    count = size = 0
    with gzip.open(file, "wt", 6, encoding="utf-8") as out:
        for owned in objects_seen(db):
            _write_line(out, json.dumps(asdict(owned), ensure_ascii=False))
            count, size = count + 1, size + owned.size
    return count, size


def _write_line(out: Any, line: str) -> None:
    out.write(line)
    out.write("\n")


def _counted(lines: Iterator[str]) -> dict[str, int]:
    """How many rows each table has."""
    counts: dict[str, int] = {}
    name = ""
    for line in lines:
        if line.startswith("{"):
            name = json.loads(line)["table"]
            counts[name] = 0
        else:
            counts[name] += 1
    return counts


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_whole(file: Path, data: bytes) -> None:
    """The file is there whole, or as it was before; for its owner's eyes alone."""
    part = file.with_name(f".{file.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
