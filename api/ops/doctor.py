"""Whether all is well with a portal: every check in turn, over a database that may not be there."""

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from api.database import Database
from api.jobs import Periodic, in_words
from api.migrations import is_current
from api.ops.checks import CHECKS, Check
from api.ops.disks import sqlite_file
from api.ops.findings import Finding, House, Verdict
from api.settings import Settings
from storage.store import Store


def examine(settings: Settings, store: Store, jobs: Sequence[Periodic]) -> list[Finding]:
    """Every check in turn. One that breaks is a failure of its own, and the others go on."""
    database, *fault = _opened(settings.database_url)
    house = House(settings, store, jobs, database, *fault)
    try:
        return [finding for check in CHECKS for finding in _looked_at(check, house)]
    finally:
        if database is not None:
            database.close()


def wrong_settings(lines: Sequence[str]) -> list[Finding]:
    """The findings where the settings don't hold up, by the lines that say so; nothing else can be looked at."""
    return [Finding("settings", Verdict.FAIL, f"{line}.") for line in lines]


def _opened(url: str) -> tuple[Database | None, str, str]:
    """The database, or why it can't be used and what of it is at fault."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None, f"There is no database at {file} yet; run `gatefold migrate`.", "database"
    try:
        database = Database(url)
        if is_current(database):
            return database, "", "database"
    except (SQLAlchemyError, OSError) as error:
        return None, f"It can't be reached, look at GATEFOLD_DATABASE_URL: {in_words(error)}.", "database"
    database.close()
    return None, "The database is not at this version's tables; run `gatefold migrate`.", "migrations"


def _looked_at(check: Check, house: House) -> list[Finding]:
    try:
        return list(check(house))
    except Exception as error:  # a look that fails is news in itself
        return [Finding(check.__name__.replace("_", " "), Verdict.FAIL, f"It could not be used: {in_words(error)}.")]
