"""`gatefold doctor` on portals where one thing is ill: its line, what there is to mend, and how the command ends."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from api.database import Database
from api.migrations import downgrade
from api.ops import checks
from api.ops.doctor import examine
from api.ops.findings import Verdict
from api.ops.housekeeping import periodic_jobs
from api.settings import Settings
from api.signin.people import Profile, recognise
from storage.local import LocalStore
from tests.disk import NoDisk, tiny_disk
from tests.doctored import doctored, found, one
from tests.make import shelve
from tests.site import Site, free_port

pytestmark = pytest.mark.usefixtures("no_settings_file")


def with_provider(settings: Settings, issuer: str) -> Settings:
    return Settings(
        _env_file=None,
        **settings.model_dump(exclude={"providers", "demo"}),
        providers={"campus": {"kind": "oidc", "issuer": issuer, "client_id": "gatefold", "client_secret": "hush"}},
    )


def test_a_house_in_order_has_no_failure(site: Site, settings: Settings) -> None:
    well = with_provider(settings, f"{site.url}/demo-provider")
    well = well.model_copy(update={"admins": ("campus:ada",)})
    with site.portal.database.writing() as db:
        recognise(db, "campus", Profile("https://id.example.org", "ada"), well.admins)
    findings = doctored(well)
    ill = [each.check for each in findings if each.verdict is not Verdict.OK]
    assert ill == ["public address"], findings  # for browsers on this machine alone
    assert list(dict.fromkeys(each.check for each in findings)) == [
        "settings",
        "secret",
        "public address",
        "database",
        "migrations",
        "clock",
        "front",
        "cookies",
        "store",
        "files",
        "disk space",
        "provider campus",
        "mail",
        "administrators",
        *(f"job {job.name}" for job in periodic_jobs(site.portal.store, site.portal.seal, None)),
    ]
    assert f"{site.url}/sign-in/campus/callback" in str(findings)
    assert well.secret_key.get_secret_value() not in str(findings)
    assert "hush" not in str(findings)


def test_an_address_for_this_machine_alone_is_a_warning(settings: Settings) -> None:
    assert one(settings, "public address")[0] == Verdict.WARN


def test_a_settings_file_that_others_can_read_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("")
    for mode, verdict in ((0o644, Verdict.WARN), (0o600, Verdict.OK)):
        (tmp_path / ".env").chmod(mode)
        assert one(settings, "settings")[0] == verdict


def test_the_file_of_a_secret_that_others_can_read_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(settings.secret_key.get_secret_value())
    for mode, verdict in ((0o640, Verdict.WARN), (0o600, Verdict.OK)):
        key.chmod(mode)
        found, words = one(settings, "settings", GATEFOLD_SECRET_KEY=None, GATEFOLD_SECRET_KEY_FILE=str(key))
        assert (found, f"{key}; run `chmod 600`" in words) == (verdict, verdict is Verdict.WARN)


def test_a_secret_that_is_none_is_a_failure(settings: Settings) -> None:
    assert one(settings, "settings", GATEFOLD_SECRET_KEY="change-me" * 6) == (
        Verdict.FAIL,
        "GATEFOLD_SECRET_KEY is a placeholder; make a random one.",
    )


def test_a_database_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "nothing.db"
    away = settings.model_copy(update={"database_url": f"sqlite:///{file}"})
    verdict, words = one(away, "database")
    assert verdict == Verdict.FAIL
    assert "gatefold migrate" in words
    assert not file.parent.exists()
    assert found(away, "administrators") == []


def test_a_database_of_another_version_is_sent_to_migrate(settings: Settings) -> None:
    database = Database(settings.database_url)
    downgrade(database, "base")
    database.close()
    verdict, words = one(settings, "migrations")
    assert (verdict, "gatefold migrate" in words) == (Verdict.FAIL, True)


def test_a_file_that_is_no_database_is_a_failure(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database at all" * 100)
    ill = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'no.db'}"})
    verdict, words = one(ill, "database")
    assert (verdict, "GATEFOLD_DATABASE_URL" in words) == (Verdict.FAIL, True)


def test_the_store_is_tried_and_left_as_it_was(settings: Settings) -> None:
    assert one(settings, "store") == (Verdict.OK, "A file was put, read back and deleted.")
    assert [path for path in settings.storage.root.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_written_is_a_failure(settings: Settings) -> None:
    settings.storage.root.write_bytes(b"a file where a folder should be")
    verdict, words = one(settings, "store")
    assert verdict == Verdict.FAIL
    assert "FileExistsError" in words


def test_files_that_are_missing_or_cut_short_are_a_failure(site: Site, settings: Settings) -> None:
    assert one(settings, "files") == (
        Verdict.OK,
        "Each of 0 is there, at its size; `gatefold storage verify` reads them too.",
    )
    shelve(site)
    shelve(site, "lakes", file=b"%PDF-1.7 another")
    assert one(settings, "files")[0] == Verdict.OK
    root = settings.storage.root
    kept = [path for path in root.rglob("*") if path.is_file()]
    kept[0].write_bytes(b"cut")
    verdict, words = one(settings, "files")
    assert verdict == Verdict.FAIL
    assert words.startswith("1 of 2 are missing or cut short, such as the file of “")
    kept[1].unlink()
    assert one(settings, "files")[1].startswith("2 of 2 are missing")


def test_a_store_of_another_user_is_not_touched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.storage.root.mkdir()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert one(settings, "store")[0] == Verdict.WARN
    assert list(settings.storage.root.iterdir()) == []


@pytest.mark.parametrize(("room", "verdict"), [(600 << 20, Verdict.WARN), (4 << 20, Verdict.FAIL)])
def test_a_disk_with_little_room_is_told(settings: Settings, tmp_path: Path, room: int, verdict: Verdict) -> None:
    try:
        with tiny_disk(tmp_path / "disk", room) as disk:
            storage = settings.storage.model_copy(update={"root": disk / "files"})
            told = found(settings.model_copy(update={"storage": storage}), "disk space")
    except NoDisk as reason:
        pytest.skip(str(reason))
    (words,) = [words for each, words in told if each == verdict]
    assert words.endswith(f"GB are free for the files; make room on the disk of {disk / 'files'}.")


def test_no_provider_is_a_warning_that_says_how(settings: Settings) -> None:
    verdict, words = one(settings, "providers")
    assert verdict == Verdict.WARN
    assert "GATEFOLD_PROVIDERS__<ID>__KIND" in words


@pytest.mark.parametrize(
    ("issuer", "fault"),
    [
        (lambda url: f"{url}/demo-provider".replace("localhost", "127.0.0.1"), "names another issuer"),
        (lambda url: f"{url}/nowhere", "has to answer 200 with JSON"),
        (lambda _url: f"http://localhost:{free_port()}", "did not answer"),
    ],
)
def test_a_provider_that_nobody_can_sign_in_with_is_a_failure(
    site: Site, settings: Settings, issuer: Callable[[str], str], fault: str
) -> None:
    verdict, words = one(with_provider(settings, issuer(site.url)), "provider campus")
    assert verdict == Verdict.FAIL
    assert fault in words


def test_who_administers_is_told(site: Site, settings: Settings) -> None:
    verdict, words = one(settings, "administrators")
    assert (verdict, "GATEFOLD_ADMINS" in words) == (Verdict.WARN, True)
    named = settings.model_copy(update={"admins": ("campus:ada",)})
    assert [words for _, words in found(named, "administrators")] == [
        "GATEFOLD_ADMINS names campus:ada, but there is no provider “campus” in the settings.",
        "Whom GATEFOLD_ADMINS names has not signed in yet; there is no administrator until then.",
    ]


def test_a_check_that_breaks_is_a_failure_and_the_others_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tea_kettle(_house: object) -> list[object]:
        raise RuntimeError("it whistles")

    monkeypatch.setattr("api.ops.doctor.CHECKS", (tea_kettle, checks.public_address))
    findings = examine(settings, LocalStore(settings.storage.root), ())
    assert [(each.check, each.verdict) for each in findings] == [
        ("tea kettle", Verdict.FAIL),
        ("public address", Verdict.WARN),
    ]
    assert findings[0].words == "It could not be used: RuntimeError: it whistles."
