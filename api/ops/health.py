"""Whether the portal can do its work: the database is there and at this version's tables, the files can be read."""

from sqlalchemy.exc import SQLAlchemyError

from api import migrations
from api.edge.portal import Portal
from api.ops import disks
from storage.store import Missing

NO_FILE = "0" * 64  # a key in the right form that no file has


def what_is_wrong(portal: Portal) -> list[str]:
    """A sentence for each thing that keeps the portal from its work; none where it is ready."""
    return [sentence for sentence in (_of_the_database(portal), _of_the_store(portal)) if sentence]


def what_runs_short(portal: Portal) -> list[str]:
    """A sentence for each thing that will soon keep it from its work, if nobody sees to it."""
    try:
        return disks.what_is_nearly_full(portal.settings)
    except OSError:
        return ["The room on the disk can't be told."]


def _of_the_database(portal: Portal) -> str:
    try:
        behind = migrations.is_behind(portal.database)
    except SQLAlchemyError:
        return "The database can't be reached."
    return "The database waits for `gatefold migrate`." if behind else ""


def _of_the_store(portal: Portal) -> str:
    try:
        portal.store.stat(NO_FILE)
    except Missing:
        return ""
    except Exception:  # each kind of store fails in ways of its own
        return "The store of files can't be read."
    return ""
