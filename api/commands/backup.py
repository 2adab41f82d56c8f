"""`gatefold backup` and `gatefold restore`: every record and the list of the files, kept and brought back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, answer, json_option
from api.commands.start import load_settings, open_database, open_store
from api.commands.storage import trouble, troubles_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.database import Database
    from api.settings import Settings
    from storage.owned import Owned, Trouble
    from storage.store import Store

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--files", is_flag=True, help="Copy the store's files to FOLDER/files as well, each once.")
@click.option("--ledger-only", is_flag=True, help="Only bring the ledger in FOLDER up to date.")
@json_option
@click.pass_context
def backup(context: click.Context, folder: Path, files: bool, ledger_only: bool, as_json: bool) -> None:
    """Write a backup into FOLDER, while the portal serves.

    It has every record and the list of the store's files as one instant saw them, and is read back before it
    counts. The ledger beside it says who has which right now: bring it up to date often, so that a restore brings
    back nobody who was erased or put out after the backup. Exit code 1 if the store lacks a file.
    """
    from api.ops import backup as backups
    from api.seal import Seal
    from storage.local import LocalStore

    settings = load_settings()
    seal = Seal(settings.secret_key.get_secret_value())
    with open_database(settings) as database:
        try:
            if ledger_only:
                ledger = backups.make_ledger(database, seal, folder)
                result: dict[str, Any] = {"ledger": str(folder / backups.LEDGER), "made_at": ledger.made_at}
                return answer(as_json, result, f"{result['ledger']} says what stands at {ledger.made_at}.")
            place, manifest = backups.make(database, seal, folder)
        except (backups.Broken, OSError) as fault:
            raise Refused(f"No backup was made: {fault}.") from fault
        target = LocalStore(folder / backups.FILES) if files else None
        troubles = _looked_over(open_store(settings), target, lambda: backups.objects_of(place))
    result = {
        "backup": str(place),
        "made_at": manifest.made_at,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "files": manifest.objects,
        "file_bytes": manifest.object_bytes,
        "troubles": [trouble(each) for each in troubles],
    }
    words = f"{place}: {manifest.rows} rows of {len(manifest.tables)} tables, a list of {manifest.objects} files."
    answer(as_json, result, "\n".join([words, *troubles_in_words(troubles)]))
    if troubles:
        context.exit(1)


@click.command()
@click.argument("place", metavar="BACKUP", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--ledger",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The newest ledger there is; default: the one beside BACKUP.",
)
@json_option
@click.pass_context
def restore(context: click.Context, place: Path, ledger: Path | None, as_json: bool) -> None:
    """Bring BACKUP back into an empty database, of either make.

    What the ledger no longer has is taken back: erased readers, revoked keys, vouchers and grants, roles, titles
    withdrawn or closed. Everyone is signed out, every link ends, and no mail that waited is sent. Files that lie
    beside the backup come back into the store. Exit code 1 if the store then lacks a file.
    """
    from api.ops import backup as backups
    from api.ops.restore import restore as restored
    from api.seal import Seal
    from storage.local import LocalStore

    settings = load_settings()
    with open_database(settings, migrated=False) as database:
        done = restored(database, Seal(settings.secret_key.get_secret_value()), place, ledger)
        troubles = _after(settings, database, place.parent / backups.FILES, LocalStore)
    result = {
        "backup": str(place),
        "made_at": done.manifest.made_at,
        "ledger_made_at": done.ledger_made_at,
        "rows": done.manifest.rows,
        "taken_back": done.taken_back,
        "troubles": [trouble(each) for each in troubles],
    }
    lines = [
        f"{done.manifest.rows} rows of {done.manifest.made_at} are back. By the ledger of {done.ledger_made_at} "
        "these were taken back:",
        *(f"  {name}: {count}" for name, count in done.taken_back.items()),
        "Everyone is signed out, and every link has ended.",
        *troubles_in_words(troubles),
    ]
    answer(as_json, result, "\n".join(lines))
    if troubles:
        context.exit(1)


def _after(
    settings: "Settings", database: "Database", beside: Path, local: "Callable[[Path], Store]"
) -> "list[Trouble]":
    """What the store lacks, after the files beside the backup were brought back."""
    from api.shelf.objects import all_objects

    store = open_store(settings)
    if beside.is_dir():
        _looked_over(local(beside), store, lambda: all_objects(database))
    return _looked_over(store, None, lambda: all_objects(database))


def _looked_over(source: "Store", target: "Store | None", objects: "Callable[[], Iterator[Owned]]") -> "list[Trouble]":
    """Which files the source lacks, or has in another size; the others are copied to the target, if there is one."""
    from storage.copying import Copied, copy
    from storage.verifying import verify

    if target is not None:
        copied = Copied()
        copy(source, target, objects(), copied, lambda _count: None)
        return copied.failed
    return verify(source, objects, lambda _key: True, is_to_read=False).troubles
