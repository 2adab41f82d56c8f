"""What commands begin with: settings that hold up, and a database that stands at the newest migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.commands.output import Refused, WrongSettings

if TYPE_CHECKING:
    from api.database import Database
    from api.settings import Settings
    from storage.store import Store


def load_settings(**given: Any) -> "Settings":
    """The settings, or the end of the command with each wrong one named."""
    from api import settings

    try:
        return settings.load(**given)
    except settings.SettingsError as error:
        raise WrongSettings("\n".join(error.lines)) from error


@contextmanager
def open_database(settings: "Settings", *, migrated: bool = True) -> Iterator["Database"]:
    """The database, refused if it can't be reached or (where `migrated`) waits for `gatefold migrate`."""
    from sqlalchemy.exc import OperationalError

    from api.database import Database
    from api.migrations import is_behind

    try:
        database = Database(settings.database_url, pool=settings.database_pool)
    except OSError as error:
        raise Refused(f"The database's folder can't be made: {error}.") from error
    try:
        if migrated and is_behind(database):
            raise Refused("The database is not at this version's tables; run `gatefold migrate` first.")
        database.agree_on_time()
        yield database
    except OperationalError as error:
        raise Refused(f"The database could not be used: {error.orig}.") from error
    finally:
        database.close()


def open_store(settings: "Settings") -> "Store":
    from storage.stores import store_of

    return store_of(**settings.storage.model_dump(exclude={"delivery"}))
