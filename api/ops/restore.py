"""A backup put into an empty database, brought to this version's tables, and held against the newest ledger."""

from dataclasses import dataclass
from pathlib import Path

from api import clock, migrations
from api.database import Database
from api.errors import Refusal
from api.ops import backup, rows
from api.ops.ledger import Ledger, of_secret
from api.ops.replaying import replay
from api.seal import Seal


class NotRestored(Refusal):
    """It can't be done, and nothing was; the message says why."""


@dataclass(frozen=True)
class Restored:
    """What was put back: rows in all, and what the ledger took back, by kind."""

    manifest: backup.Manifest
    ledger_made_at: str
    taken_back: dict[str, int]


def restore(database: Database, seal: Seal, place: Path, ledger_file: Path | None) -> Restored:
    """Put the backup at `place` into the database. Until the ledger is replayed, no portal serves it.

    `ledger_file` is the newest ledger there is; None takes the one beside the backups. Raises NotRestored.
    """
    try:
        manifest = backup.read(place)
        ledger = backup.read_ledger(ledger_file or place.parent / backup.LEDGER)
    except backup.Broken as fault:
        raise NotRestored(f"{fault}. Nothing was restored.") from fault
    _must_fit(database, seal, manifest, ledger)
    migrations.upgrade(database, manifest.revision, is_held_back=True)
    with database.engine.begin() as connection:
        try:
            rows.load(connection, manifest.tables, backup.lines_of(place))
        except rows.Unfit as fault:
            raise NotRestored(f"The backup does not fit: {fault}.") from fault
    migrations.upgrade(database, given=manifest.revision, is_held_back=True)
    with database.writing() as db:
        taken_back = replay(db, seal, ledger, clock.now())
        migrations.release(db.connection())
    return Restored(manifest, ledger.made_at, taken_back)


def _must_fit(database: Database, seal: Seal, manifest: backup.Manifest, ledger: Ledger) -> None:
    if {manifest.secret, ledger.secret} != {of_secret(seal)}:
        raise NotRestored(
            "GATEFOLD_SECRET_KEY is another than the portal had, so nobody can tell who was erased or put out since; "
            "give it the same one. Nothing was restored."
        )
    if not backup.is_newer(ledger, manifest):
        raise NotRestored(
            f"The ledger is of {ledger.made_at} and older than the backup; name the newest with --ledger. "
            "Nothing was restored."
        )
    if not migrations.knows(manifest.revision):
        raise NotRestored("The backup was made by a newer version; restore it with that. Nothing was restored.")
    if not migrations.is_empty(database):
        raise NotRestored(
            "The database has tables already; name an empty one in GATEFOLD_DATABASE_URL. Nothing was restored."
        )
