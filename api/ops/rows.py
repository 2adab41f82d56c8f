"""All rows of a database as lines of JSON, and back into the tables: the same for SQLite and PostgreSQL.

A line is the name of a table with its columns, or one of its rows. Nothing in it belongs to one make of database.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db

from api.tables import metadata

AT_ONCE = 500  # rows read or written together


class Unfit(Exception):
    """The lines are not of this version's tables; the message says in what."""


def lines(db: Db) -> Iterator[str]:
    """Every row as the session sees them, those first that others point to."""
    connection = db.connection()
    wait_long(connection)
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.computed is None]
        yield json.dumps({"table": table.name, "columns": [column.name for column in columns]})
        wanted = sa.select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
        for row in connection.execute(wanted):
            yield json.dumps([_plain(value) for value in row], ensure_ascii=False)


def load(connection: sa.Connection, names: Collection[str], given: Iterable[str]) -> dict[str, int]:
    """Put the rows of these tables where there are none but what migrations put there; how many by table.

    Other tables, such as those in which SQLite keeps an index of words, are not touched.
    """
    wait_long(connection)
    there = sa.MetaData()
    there.reflect(connection, only=lambda name, _metadata: name in names)
    for table in reversed(there.sorted_tables):
        connection.execute(sa.delete(table))
    counts: dict[str, int] = {}
    for table, batch in _batches(there, given):
        counts[table.name] = counts.get(table.name, 0) + len(batch)
        if batch:
            connection.execute(sa.insert(table), batch)
    if connection.dialect.name == "postgresql":
        for name in counts:
            _count_on(connection, there.tables[name])
    return counts


def wait_long(connection: sa.Connection) -> None:
    """Let statements of this transaction take as long as they need."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _batches(there: sa.MetaData, given: Iterable[str]) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    table, columns, batch = None, list[sa.Column[Any]](), list[dict[str, Any]]()
    for line in given:
        read = json.loads(line)
        if isinstance(read, dict):
            if table is not None:
                yield table, batch
            table, batch = there.tables.get(read["table"]), []
            if table is None or not set(read["columns"]) <= set(table.columns.keys()):
                raise Unfit(f"the table {read['table']} is another here")
            columns = [table.columns[name] for name in read["columns"]]
            for column in columns:
                if isinstance(column.type, sa.JSON):
                    column.type = sa.JSON(none_as_null=True)
            continue
        if table is None:
            raise Unfit("rows come before any table")
        batch.append({column.name: _typed(column, value) for column, value in zip(columns, read, strict=True)})
        if len(batch) == AT_ONCE:
            yield table, batch
            batch = []
    if table is not None:
        yield table, batch


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(column.type, sa.LargeBinary):
        return b64decode(value)
    return value


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL counts numbers apart from the rows; let it go on after the highest."""
    for column in table.primary_key.columns:
        name = connection.dialect.identifier_preparer.format_table(table)
        counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, column.name)))
        highest = connection.scalar(sa.select(sa.func.max(column)))
        if counter is not None and highest is not None:
            connection.execute(sa.select(sa.func.setval(counter, highest)))
