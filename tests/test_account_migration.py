"""The migration for accounts keeps what is there, up and down again."""

from pathlib import Path

from api.database import Database
from api.migrations import downgrade, upgrade

THEN, LATER = "2026-01-01 00:00:00.000000", "2027-01-01 00:00:00.000000"
ROWS = (
    f"INSERT INTO user (id, name, role, created_at) VALUES (1, 'Rea Der', 'reader', '{THEN}')",
    "INSERT INTO identity (id, user_id, provider, issuer, subject, created_at) "
    f"VALUES (1, 1, 'demo', 'i', 's', '{THEN}')",
    "INSERT INTO session (id, digest, user_id, identity_id, created_at, expires_at) "
    f"VALUES (1, 'd', 1, 1, '{THEN}', '{LATER}')",
)


def test_people_and_sessions_stay(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(database, "rules")
    with database.engine.begin() as connection:
        for row in ROWS:
            connection.exec_driver_sql(row)
    for _ in range(2):
        upgrade(database, "account")
        with database.engine.begin() as connection:
            found = connection.exec_driver_sql("SELECT digest, authenticated_at, device FROM session").all()
            assert found == [("d", THEN, "")]
        downgrade(database, "rules")
        with database.engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT digest, expires_at FROM session").all() == [("d", LATER)]
            assert connection.exec_driver_sql("SELECT subject FROM identity").all() == [("s",)]
    database.close()
