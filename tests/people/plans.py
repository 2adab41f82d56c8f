"""How the database goes about a question: the plans of its statements that have a limit, however small the tables."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlmodel import Session as Db

from api.database import Database


def plans_of(database: Database, ask: Callable[[Db], object]) -> list[str]:
    """The plan of each statement with a limit that `ask` sends; tables are to be read whole only if they must be."""
    plans = list[str]()
    with database.reading() as db:
        connection = db.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        sent = list[tuple[str, Any]]()

        def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
            sent.append((statement, values))

        event.listen(connection, "before_cursor_execute", note)
        ask(db)
        event.remove(connection, "before_cursor_execute", note)
        for statement, values in sent:
            if "LIMIT" in statement:
                rows = connection.exec_driver_sql(explain + statement, values).all()
                narrowed = "" if "WHERE" in statement else "all, "
                plans.append("\n".join(f"{narrowed}{row[-1]}" for row in rows))
    return plans


def assert_indexed(plans: list[str]) -> None:
    """A scan is along an index, and nothing is sorted but what an index has nearly sorted."""
    for plan in plans:
        for line in plan.splitlines():
            assert "Seq Scan" not in line, plan
            assert "TEMP B-TREE FOR ORDER BY" not in line, plan
            assert "Sort" not in line or "Incremental Sort" in line or "Sort Key" in line, plan
            assert not line.startswith("SCAN") or "USING" in line, plan
