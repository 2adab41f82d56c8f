"""Bring a database to the tables this code expects, and tell whether it is there."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from api.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).parent.parent


def upgrade(database: Database, to: str = "head") -> None:
    """Run the migrations that are missing, in one transaction."""
    from alembic import command

    with database.engine.begin() as connection:
        command.upgrade(_config(connection), to)


def downgrade(database: Database, to: str) -> None:
    from alembic import command

    with database.engine.begin() as connection:
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


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest migration."""
    import sqlalchemy as sa

    with database.reading() as db:
        connection = db.connection()
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return list(found) == [_head()]


def _head() -> str | None:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: object = None) -> "Config":
    from alembic.config import Config

    return Config(toml_file=ROOT / "pyproject.toml", attributes={"connection": connection})
