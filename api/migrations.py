"""Bring a database to the tables this code expects, and tell whether it is there."""

import re
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from api.database import BUSY_TIMEOUT, Database
from api.postgresql import give_time

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"^(revision|down_revision) = (.+)$", re.MULTILINE)  # in each of alembic/versions
WAIT_FOR_ANOTHER = 60  # seconds until another migration has ended
WAIT_FOR_A_TABLE = 4  # seconds until the running portal lets go of a table


def upgrade(database: Database, to: str = "head", *, given: str | None = None, is_held_back: bool = False) -> None:
    """Run the migrations that are missing, in one transaction. Of two at once the second finds nothing to do.

    A database that `is_held_back` is left without the mark of where it stands, so that nobody serves or migrates it;
    `given` is where it stood. `release` ends that.
    """
    from alembic import command

    with _alone(database) as connection:
        if given is not None:
            _set_mark(connection, given)
        command.upgrade(_config(connection), to)
        if is_held_back:
            _set_mark(connection, None)


def release(connection: "Connection") -> None:
    """Say of a database that was held back that it stands at the newest migration."""
    _set_mark(connection, _known()[0])


def downgrade(database: Database, to: str) -> None:
    from alembic import command

    with _alone(database) as connection:
        command.downgrade(_config(connection), to)


def draft(message: str) -> None:
    """Write a migration from what the tables say now, for a person to read and mend before it is committed."""
    from alembic import command

    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/draft.db")
        upgrade(database)
        with database.engine.begin() as connection:
            command.revision(_config(connection), message=message, autogenerate=True)
        database.close()


def newest() -> str:
    """The newest migration of this version."""
    return _known()[0]


def is_empty(database: Database) -> bool:
    """Whether there is no table yet."""
    import sqlalchemy as sa

    with database.reading() as db:
        return not sa.inspect(db.connection()).get_table_names()


def knows(revision: str) -> bool:
    return revision in _known()


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest migration."""
    return _found(database) == _known()[0]


def is_behind(database: Database) -> bool:
    """Whether it waits for a migration of this version. One that a newer version has moved on is not behind."""
    found = _found(database)
    newest, *older = _known()
    return found != newest and (found is None or found in older)


def _found(database: Database) -> str | None:
    import sqlalchemy as sa

    with database.reading() as db:
        connection = db.connection()
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _set_mark(connection: "Connection", revision: str | None) -> None:
    connection.exec_driver_sql("DELETE FROM alembic_version")
    if revision is not None:
        import sqlalchemy as sa

        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


@contextmanager
def _alone(database: Database) -> Iterator["Connection"]:
    """A transaction in which nobody else migrates; SQLite's writers are alone anyway."""
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        with _prepared(connection) if is_sqlite else nullcontext(), connection.begin():
            if not is_sqlite:
                _take_turns(connection)
            yield connection
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("the migration leaves rows that point to nothing, so it is undone")


@contextmanager
def _prepared(connection: "Connection") -> Iterator[None]:
    """SQLite waits for another migration, and deletes nothing along with a table.

    It changes a table by making it anew and dropping the old one, which would delete what hangs on its rows.
    """
    driver: Any = connection.connection.driver_connection  # inside a transaction the pragmas would do nothing
    driver.execute(f"PRAGMA busy_timeout={WAIT_FOR_ANOTHER * 1000}")
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")


def _take_turns(connection: "Connection") -> None:
    """PostgreSQL waits long for another migration, and for the statements themselves as long as they take.

    It waits only briefly for a table that the running portal uses: behind a waiting change all readers would queue.
    """
    give_time(connection, 0)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_ANOTHER}s'")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('gatefold migrations', 0))")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_A_TABLE}s'")


@cache
def _known() -> tuple[str, ...]:
    """The migrations of this version, newest first. Read without alembic, of which a worker would keep 9 MiB."""
    follows: dict[str, str | None] = {}
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        said = dict(NAMED.findall(path.read_text()))
        follows[literal_eval(said["revision"])] = literal_eval(said["down_revision"])
    [at] = set(follows) - set(follows.values())
    chain = [at]
    while (before := follows[chain[-1]]) is not None:
        chain.append(before)
    return tuple(chain)


def _config(connection: object = None) -> "Config":
    from alembic.config import Config

    return Config(toml_file=ROOT / "pyproject.toml", attributes={"connection": connection})
