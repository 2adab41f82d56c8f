"""Connections to PostgreSQL, with limits on both sides: a server that falls silent holds up nobody for long."""

from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from api import clock

CONNECT_TIMEOUT = 3  # seconds PostgreSQL gets to answer at all
POOL_TIMEOUT = 2  # seconds to wait for a connection that another request has
NO_QUEUE = 1.0  # seconds after such a wait in vain in which nobody else begins one
SESSION_LIMITS = {  # milliseconds; set with each connection, and held by the server
    "statement_timeout": 5_000,
    "lock_timeout": 4_000,
    "idle_in_transaction_session_timeout": 30_000,
}
OTHER_ENCODING = "make it anew with `createdb --encoding UTF8 --locale C.UTF-8 --template template0`"
SILENCE = 6.0  # seconds after which a server that holds none of its own limits counts as gone
Value = TypeVar("Value")


class Connection(psycopg.Connection[Any]):
    """A connection that is given up when a statement has had no answer for `patience` seconds (None: never)."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None or self.patience is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.errors._WaitTimeout as error:
            self.close()  # what it still waits for would be taken for the answer to the next statement
            raise psycopg.OperationalError(f"no answer for {self.patience:g} seconds") from error


class Pool(QueuePool):
    """A pool where nobody queues behind those who have just queued in vain.

    While all connections hang, a crowd would else keep every thread busy with waiting, one crew after the other.
    """

    _in_vain_at = float("-inf")

    def connect(self) -> PoolProxiedConnection:
        if clock.ticks() - self._in_vain_at < NO_QUEUE and self.checkedout() >= 2 * self.size():
            raise PoolTimeout("all connections are taken, and others have just waited in vain")
        try:
            return super().connect()
        except PoolTimeout:
            self._in_vain_at = clock.ticks()
            raise


def engine_of(url: URL, pool: int, patience: float | None) -> Engine:
    """`pool` connections are kept, and under load as many again."""
    limits = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in SESSION_LIMITS.items())
    engine = sa.create_engine(
        url,
        poolclass=Pool,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "gatefold",
            "options": f"{url.query.get('options', '')} {limits}".strip(),
        },
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _entry: Any, given: Any, named: Any) -> Connection:
        connection = Connection.connect(*given, **named)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            raise psycopg.OperationalError(f"its encoding is {encoding}; {OTHER_ENCODING}")
        connection.patience = patience
        return connection

    @event.listens_for(engine, "checkin")
    def _returned(connection: Any, _entry: ConnectionPoolEntry) -> None:
        if connection is not None:  # none is there if it was given up
            connection.patience = patience

    return engine


def give_time(connection: sa.Connection, seconds: int) -> None:
    """Let the statements of this transaction take so long; 0 for as long as they like."""
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds}s'")
    given: Any = connection.connection.driver_connection
    if given.patience is not None:
        given.patience = seconds + 1.0 if seconds else None
