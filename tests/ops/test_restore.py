"""The drill: a backup, what happens after it, the loss of everything, and the portal served again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlmodel import col, select

from api import clock, migrations
from api.access import institutions, keys
from api.access.institutions import House
from api.access.rules import give_grant, set_ladder
from api.account import closure
from api.commands import gatefold
from api.comments.writing import take_away
from api.database import Database
from api.migrations import is_current, is_empty
from api.ops import backup, restore, rows
from api.ops.ledger import written
from api.seal import Seal
from api.settings import Settings
from api.shelf.shelving import withdraw
from api.signin.people import find_identity
from api.tables import (
    Comment,
    Grant,
    Institution,
    Librarian,
    MailState,
    OutgoingMail,
    Role,
    RuleKind,
    Session,
    Standing,
    Ticket,
    Title,
    User,
    metadata,
)
from tests.cast import ADA, BEN, CLEO, issuer, make_editor, sign_in
from tests.make import shelve
from tests.postgres import Postgres
from tests.site import Site, served


@contextmanager
def nothing_yet(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if engine == "postgresql":
        server: Postgres = request.getfixturevalue("postgresql")
        with server.database("template1") as url:
            yield url
    else:
        yield f"sqlite:///{folder / 'restored.db'}"


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def gatefold_of(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    for name, value in (
        ("SECRET_KEY", settings.secret_key.get_secret_value()),
        ("DATABASE_URL", settings.database_url),
        ("STORAGE__ROOT", str(settings.storage.root)),
    ):
        monkeypatch.setenv(f"GATEFOLD_{name}", value)
    return CliRunner().invoke(gatefold, words, prog_name="gatefold")


def user_of(db: Any, site: Site, person: str) -> User:
    identity = find_identity(db, issuer(site), person)
    assert identity is not None
    return identity.user


def test_after_a_restore_nobody_is_back_who_was_erased_or_put_out(
    engine: str, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    with served(settings) as site:
        open_title = shelve(site)
        listed = shelve(site, "lakes", rules=[RuleKind.LISTED], file=b"%PDF-1.7 lakes")
        withdrawn = shelve(site, "hills", file=b"%PDF-1.7 hills")
        closed = shelve(site, "seas", rules=[RuleKind.EVERYONE], file=b"%PDF-1.7 seas")
        make_editor(site)
        browsers = {person: site.browser() for person in (ADA, BEN, CLEO)}
        for person, browser in browsers.items():
            sign_in(browser, person)
        links = {person: browsers[person].get(open_title.pdf).headers["location"] for person in (BEN, CLEO)}
        with site.portal.database.writing() as db:
            give_grant(db, listed.id, issuer(site), BEN)
            ben = user_of(db, site, BEN)
            key = keys.make(db, site.portal.seal, ben.id or 0, "a program", 90, clock.now()).secret
            db.add(OutgoingMail(user_id=ben.id, key="notice 1", kind="notice"))
            institutions.add(db, House("uni", "A University", domains=["uni.example"]))
            db.flush()
            uni = db.exec(select(Institution)).one()
            db.add(Librarian(institution_id=uni.id, issuer=issuer(site), subject=BEN))
        for words in ("Of a mind to be deleted.", "Of no good taste.", "Well said."):
            browsers[BEN].post(f"{open_title.path}/comments", data={"text": words})

        made = gatefold_of(settings, monkeypatch, "backup", str(folder), "--json")
        assert made.exit_code == 0, made.output
        place = Path(json.loads(made.stdout)["backup"])
        assert {path.stat().st_mode & 0o777 for path in place.iterdir()} <= {0o600, 0o644}
        assert place.stat().st_mode & 0o077 == 0

        with site.portal.database.writing() as db:
            closure.erase(db, site.portal.seal, user_of(db, site, CLEO).id or 0, clock.now())
            keys.revoke_all(db, user_of(db, site, BEN).id or 0)
            db.delete(db.exec(select(Grant).where(Grant.title_id == listed.id)).one())
            withdraw(db, "hills")
            set_ladder(db, closed.id, [])
            user_of(db, site, ADA).role = Role.READER
            db.delete(db.exec(select(Librarian)).one())
            deleted, hidden, _ = db.exec(select(Comment).order_by(col(Comment.id))).all()
            take_away(db, deleted)
            hidden.standing = Standing.HIDDEN
        assert gatefold_of(settings, monkeypatch, "backup", str(folder), "--ledger-only").exit_code == 0
    lost = next(path for path in settings.storage.root.rglob("*") if path.is_file() and b"lakes" in path.read_bytes())
    lost.unlink()

    with nothing_yet(engine, request, tmp_path) as url:
        again = settings.model_copy(update={"database_url": url})
        result = gatefold_of(again, monkeypatch, "restore", str(place), "--json")
        assert result.exit_code == 1, result.output  # a file is missing, and nothing else is wrong
        said = json.loads(result.stdout)
        assert [(each["what"], each["fault"]) for each in said["troubles"]] == [("the file of “lakes”", "missing")]
        taken_back = {"erased": 1, "disconnected": 0, "people": 1, "grants": 1, "invitations": 0, "keys": 1}
        taken_back |= {"librarians": 1, "comments": 2}
        assert said["taken_back"] == taken_back | {"vouchers": 0, "titles": 2}
        with opened(url) as database, database.reading() as db:
            assert not [line for line in rows.lines(db) if CLEO in line.lower()]
            assert db.exec(select(Session)).all() == []
            assert db.exec(select(Librarian)).all() == []
            told = db.exec(select(Comment.text, Comment.standing).order_by(col(Comment.id))).all()
            assert told == [("Of no good taste.", Standing.HIDDEN), ("Well said.", Standing.WAITING)]
            assert all(ticket.revoked_at for ticket in db.exec(select(Ticket)).all())
            assert db.exec(select(OutgoingMail.state)).all() == [MailState.GIVEN_UP]
            assert set(db.exec(select(User.role)).all()) == {Role.READER}
        with served(again) as site:
            program = site.program()
            assert program.get(links[BEN]).status_code == 410
            assert program.get(links[CLEO]).status_code == 404
            assert program.get(withdrawn.pdf).status_code == 410
            assert program.get(closed.pdf).status_code == 401
            shown = {"authorization": f"Bearer {key}"}
            assert program.get("/api/v1/titles", headers=shown).status_code == 401
            for old in browsers.values():  # everyone is signed out
                assert (
                    program.get("/account", headers={"cookie": f"gatefold={old.cookies['gatefold']}"}).status_code
                    != 200
                )
            ben = site.browser()
            assert sign_in(ben, BEN).status_code == 303
            assert ben.get(open_title.pdf).headers["location"].startswith("/t/")
            assert ben.get(listed.pdf).headers["location"].endswith("?get=pdf")  # the grant is gone


@pytest.fixture
def kept(site: Site, tmp_path: Path) -> Path:
    """A backup of a small portal."""
    shelve(site)
    sign_in(site.browser(), CLEO)
    return backup.make(site.portal.database, site.portal.seal, tmp_path / "backups")[0]


def everything(url: str, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    with opened(url) as database, database.reading() as db:
        found: dict[str, list[str]] = {}
        name = ""
        for line in rows.lines(db):
            if line.startswith("{"):
                name = json.loads(line)["table"]
            elif name not in but:
                found.setdefault(name, []).append(line)
        return found


@pytest.mark.parametrize("to", ["SQLite", "PostgreSQL"])
def test_all_rows_come_back_and_may_move_to_the_other_make_of_database(
    site: Site, kept: Path, to: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    changed = ("session", "ticket", "catalogue_revision", "job")  # ended, or counted on
    with nothing_yet(to.lower(), request, tmp_path) as url:
        with opened(url) as database:
            restore.restore(database, site.portal.seal, kept, None)
            assert is_current(database)
        assert everything(url, but=changed) == everything(site.portal.settings.database_url, but=changed)
        assert {"user", "identity", "title", "edition"} <= set(everything(url))


def test_a_backup_of_an_older_version_is_brought_to_this_ones_tables(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelve(site)
    _, *known_then = migrations._known()
    older = known_then[0]
    migrations.downgrade(site.portal.database, older)
    tables_then = sa.MetaData()
    tables_then.reflect(site.portal.database.engine, only=lambda name, _: name in metadata.tables)
    with monkeypatch.context() as then:
        then.setattr(migrations, "_known", lambda: tuple(known_then))
        then.setattr(rows, "metadata", tables_then)
        place, manifest = backup.make(site.portal.database, site.portal.seal, tmp_path / "backups")
    assert manifest.revision == older != migrations.newest()
    with opened(f"sqlite:///{tmp_path / 'restored.db'}") as database:
        restore.restore(database, site.portal.seal, place, None)
        assert is_current(database)
        with database.reading() as db:
            assert db.exec(select(Title.slug)).all() == ["rivers-of-paper"]


def test_files_lie_beside_the_backup_and_come_back_with_it(
    site: Site, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shelve(site)
    result = gatefold_of(settings, monkeypatch, "backup", str(tmp_path / "backups"), "--files", "--json")
    assert result.exit_code == 0, result.output
    empty = settings.storage.model_copy(update={"root": tmp_path / "new"})
    again = settings.model_copy(update={"storage": empty, "database_url": f"sqlite:///{tmp_path / 'new.db'}"})
    restored = gatefold_of(again, monkeypatch, "restore", json.loads(result.stdout)["backup"])
    assert restored.exit_code == 0, restored.output
    (file,) = [path for path in empty.root.rglob("*") if path.is_file()]
    assert file.read_bytes() == made.file


def refused(site: Site, place: Path, url: str, ledger: Path | None = None, secret: str | None = None) -> str:
    seal = Seal(secret) if secret is not None else site.portal.seal
    with opened(url) as database, pytest.raises(restore.NotRestored) as refusal:
        restore.restore(database, seal, place, ledger)
    return refusal.value.message


def test_what_is_not_whole_is_refused_and_nothing_is_made(site: Site, kept: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    assert "GATEFOLD_SECRET_KEY is another" in refused(site, kept, url, secret="another key " * 4)
    with clock.frozen(clock.now().replace(year=2020)), site.portal.database.reading() as db:
        old = tmp_path / "old"
        old.mkdir()
        backup.keep_ledger(written(db, site.portal.seal, clock.now()), old)
    assert "older than the backup" in refused(site, kept, url, ledger=old / backup.LEDGER)
    assert "has tables already" in refused(site, kept, site.portal.settings.database_url)
    whole = (kept / backup.ROWS).read_bytes()
    (kept / backup.ROWS).write_bytes(whole[:-20])
    assert "is not what was written" in refused(site, kept, url)
    (kept / backup.ROWS).unlink()
    assert "is no whole backup" in refused(site, kept, url)
    with opened(url) as database:
        assert is_empty(database)


def test_until_the_ledger_is_replayed_nobody_serves_what_was_restored(
    site: Site, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(restore, "replay", broken)
    with opened(f"sqlite:///{tmp_path / 'restored.db'}") as database:
        with pytest.raises(RuntimeError):
            restore.restore(database, site.portal.seal, kept, None)
        assert not is_current(database)
        assert migrations.is_behind(database)
