"""`gatefold storage`: bring all files to another store, and look whether a store has every one as it should be."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import Refused, WrongSettings, answer, json_option, store_in_words
from api.commands.start import load_settings, open_database, open_store
from api.commands.typed import PlaceType

if TYPE_CHECKING:
    from api.settings_parts import StorageSettings
    from storage.copying import Copied
    from storage.owned import Trouble
    from storage.store import Store
    from storage.verifying import Verified

MEGABYTE = 1_000_000  # bytes
SHOWN = 20  # of each kind of finding; --json has all of them
FAULTS = {
    "missing": "is missing",
    "wrong-size": "has another size than it should",
    "damaged": "has other bytes than it should",
    "unreadable": "can't be read to its end",
}


@click.group()
def storage() -> None:
    """The store that keeps the files.

    PLACE is local:FOLDER or s3:BUCKET. Credentials of a bucket, and what its options leave out, come from boto3's
    own chain: AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_REGION and so on.
    """


def place_options(command: Any) -> Any:
    for option in (
        click.option("--endpoint-url", metavar="URL", help="PLACE is a store other than Amazon's, at this address."),
        click.option("--region", help="Region of the bucket in PLACE."),
    ):
        command = option(command)
    return command


@storage.command()
@click.option("--to", "place", type=PlaceType(), required=True, help="Where the files go; a folder is made.")
@place_options
@json_option
@click.pass_context
def copy(
    context: click.Context, place: tuple[str, str], region: str | None, endpoint_url: str | None, as_json: bool
) -> None:
    """Bring every file to the store PLACE. What is there is passed over: broken off, run it again.

    Each file is checked by its SHA-256 while it is copied. The store in the settings stays as it is, and in use;
    exit code 1 if a file could not be copied.
    """
    from api.shelf.objects import all_objects, how_much
    from storage.copying import Copied
    from storage.copying import copy as copy_objects
    from storage.store import StorageError

    settings = load_settings()
    target = _settings_of(place, region, endpoint_url)
    if _is_same(settings.storage, target):
        raise Refused(f"{place[0]}:{place[1]} is the store that is in use already.")
    copied = Copied()
    with open_database(settings) as database:
        count, size = how_much(database)
        try:
            with _bar(size, "Copying") as told:
                copy_objects(open_store(settings), _open(target), all_objects(database), copied, told)
        except (KeyboardInterrupt, StorageError, OSError) as end:
            words = f"{_in_words(end)} {_copied_in_words(copied, count)} The same command goes on from there."
            raise Refused(words) from end
    result = {
        "to": f"{place[0]}:{place[1]}",
        "objects": count,
        "copied": copied.copied,
        "copied_bytes": copied.copied_bytes,
        "skipped": copied.skipped,
        "failed": [trouble(each) for each in copied.failed],
    }
    answer(as_json, result, "\n".join([_copied_in_words(copied, count), *troubles_in_words(copied.failed)]))
    if not copied.is_whole:
        context.exit(1)


@storage.command()
@click.option("--in", "place", type=PlaceType(), help="Look at the store PLACE instead of the one in the settings.")
@place_options
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="MB/S", help="Read no faster than this.")
@click.option("--no-read", is_flag=True, help="Only look whether each file is there, at its size.")
@json_option
@click.pass_context
def verify(
    context: click.Context,
    place: tuple[str, str] | None,
    region: str | None,
    endpoint_url: str | None,
    rate: float | None,
    no_read: bool,
    as_json: bool,
) -> None:
    """Look whether the store has every file, and only those, and read each one to check its SHA-256.

    Exit code 1 if a file is missing or wrong. A file that nothing names is a warning, and only when it is older
    than a day: a younger one may be about to get its place.
    """
    from api.shelf.objects import all_objects, how_much, is_owned
    from storage.verifying import verify as verify_store

    if place is None and (region or endpoint_url):
        raise click.UsageError("--region and --endpoint-url go with --in.")
    settings = load_settings()
    store = open_store(settings) if place is None else _open(_settings_of(place, region, endpoint_url))
    with open_database(settings) as database:

        def is_owned_now(key: str) -> bool:
            with database.reading() as db:
                return is_owned(db, key)

        with _bar(0 if no_read else how_much(database)[1], "Reading") as told:
            found = verify_store(
                store,
                lambda: all_objects(database),
                is_owned_now,
                is_to_read=not no_read,
                rate=rate * MEGABYTE if rate is not None else None,
                told=told,
            )
    answer(as_json, _verified(found), "\n".join(_verified_in_words(found, no_read)))
    if not found.is_well:
        context.exit(1)


def _settings_of(place: tuple[str, str], region: str | None, endpoint_url: str | None) -> "StorageSettings":
    from pydantic import ValidationError

    from api.settings_parts import StorageSettings

    kind, where = place
    try:
        if kind == "local":
            if region or endpoint_url:
                raise click.UsageError("--region and --endpoint-url are for a bucket.")
            return StorageSettings(kind="local", root=Path(where))
        return StorageSettings(kind="s3", bucket=where, region=region, endpoint_url=endpoint_url, delivery="proxy")
    except ValidationError as error:
        wrong = [f"{problem['loc'][-1]} {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors()]
        raise WrongSettings(f"{kind}:{where} is no store: {'; '.join(wrong)}.") from error


def _is_same(one: "StorageSettings", other: "StorageSettings") -> bool:
    if one.kind == "local":
        return other.kind == "local" and one.root.resolve() == other.root.resolve()
    return (one.kind, one.bucket, one.endpoint_url) == (other.kind, other.bucket, other.endpoint_url)


def _open(settings: "StorageSettings") -> "Store":
    from storage.stores import store_of

    return store_of(**settings.model_dump(exclude={"delivery"}))


@contextmanager
def _bar(size: int, label: str) -> Iterator[Callable[[int], object]]:
    """A progress bar over so many bytes, on a terminal; elsewhere nothing."""
    if size == 0 or not sys.stderr.isatty():
        yield lambda _count: None
        return
    with click.progressbar(length=size, label=label, file=sys.stderr, show_pos=False) as bar:
        yield bar.update


def _in_words(end: BaseException) -> str:
    if isinstance(end, KeyboardInterrupt):
        return "Stopped."
    return store_in_words(end)


def _copied_in_words(copied: "Copied", count: int) -> str:
    return (
        f"Of {_files(count)}, {copied.copied} copied ({copied.copied_bytes / MEGABYTE:,.1f} MB), "
        f"{copied.skipped} there already, {len(copied.failed)} failed."
    )


def _verified_in_words(found: "Verified", no_read: bool) -> list[str]:
    size = f"{found.bytes / MEGABYTE:,.1f} MB"
    how = "not read" if no_read else f"{found.read} read and sound"
    lines = [f"{_files(found.objects)} ({size}), {how}.", *troubles_in_words(found.troubles)]
    lines += [f"warning: nothing names {orphan.key} ({orphan.size} bytes)" for orphan in found.orphans[:SHOWN]]
    lines += _more(len(found.orphans))
    if found.in_flight:
        lines.append(f"{_files(found.in_flight)} younger than a day may be on the way in.")
    lines.append("All is well." if found.is_well else "docs/storage.md says what to do.")
    return lines


def troubles_in_words(troubles: "Sequence[Trouble]") -> list[str]:
    lines = [f"fault: {each.owned.key}, {each.owned.what}, {FAULTS[each.fault]}" for each in troubles[:SHOWN]]
    return lines + _more(len(troubles))


def _more(count: int) -> list[str]:
    return [f"… and {count - SHOWN} more; --json has all of them"] if count > SHOWN else []


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def trouble(each: "Trouble") -> dict[str, Any]:
    owned = each.owned
    return {"key": owned.key, "size": owned.size, "what": owned.what, "fault": each.fault.value}


def _verified(found: "Verified") -> dict[str, Any]:
    return {
        "is_well": found.is_well,
        "objects": found.objects,
        "bytes": found.bytes,
        "read": found.read,
        "read_bytes": found.read_bytes,
        "troubles": [trouble(each) for each in found.troubles],
        "orphans": [{"key": each.key, "size": each.size, "modified": each.modified} for each in found.orphans],
        "in_flight": found.in_flight,
    }
