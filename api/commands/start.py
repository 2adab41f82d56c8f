"""What commands begin with: settings that hold up, and a database that stands at the newest migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.commands.output import Refused, WrongSettings

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from api.database import Database
    from api.settings import Settings
    from storage.store import Store


def load_settings(**given: Any) -> "Settings":
    """The settings, or the end of the command with each wrong one named."""
    from api.settings import load
    from api.settings_given import SettingsError

    try:
        return load(**given)
    except SettingsError as error:
        raise WrongSettings("\n".join(error.lines)) from error


@contextmanager
def open_database(settings: "Settings", *, migrated: bool = True) -> Iterator["Database"]:
    """The database, refused if it can't be reached or (where `migrated`) waits for `gatefold migrate`."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    from api.database import Database
    from api.migrations import is_behind

    try:
        database = Database(settings.database_url, pool=settings.database_pool)
    except OSError as error:
        raise Refused(f"The database's folder can't be made, look at GATEFOLD_DATABASE_URL: {error}.") from error
    try:
        try:
            if migrated and is_behind(database):
                raise Refused("The database is not at this version's tables; run `gatefold migrate` first.")
            database.agree_on_time()
        except DBAPIError as error:  # it is no database at all, or is asked for with words that it does not know
            raise _unusable(error) from error
        yield database
    except OperationalError as error:
        raise _unusable(error) from error
    finally:
        database.close()


def _unusable(error: "DBAPIError") -> Refused:
    words = " ".join(str(error.orig).split()).rstrip(".")
    return Refused(f"The database could not be used: {words}. Look at GATEFOLD_DATABASE_URL.")


def open_store(settings: "Settings") -> "Store":
    from storage.stores import store_of

    return store_of(**settings.storage.model_dump(exclude={"delivery"}))
