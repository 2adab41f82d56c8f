"""`gatefold storage`: files brought to another store, and a store looked over."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from api.commands import gatefold
from api.database import Database
from api.tables import Edition, File, Title
from storage.local import LocalStore
from tests.commands.conftest import Run
from tests.make import pdf
from tests.s3 import S3Server
from tests.site import free_port

SLUGS = ("rivers", "lakes", "a-title")


@pytest.fixture
def engine() -> str:
    """The list of objects is tested on both; what is done with it is the same."""
    return "sqlite"


@pytest.fixture
def shelf(press: Path, database: Database) -> list[str]:
    """Three titles with a file each; their keys in order."""
    store, keys = LocalStore(press / "files"), []
    with database.writing() as db:
        for number, slug in enumerate(SLUGS, 1):
            data = pdf(number)
            keys.append(hashlib.sha256(data).hexdigest())
            store.put(io.BytesIO(data), keys[-1], len(data))
            file = File(sha256=keys[-1], size=len(data), page_count=number)
            title = Title(slug=slug, kind="report", title=slug, full_title=slug)
            title.editions.append(Edition(number=1, file=file))
            db.add(title)
    return sorted(keys)


def place(root: Path, key: str) -> Path:
    return root / key[:2] / key[2:4] / key


def keys_in(root: Path) -> list[str]:
    return [found.key for found in LocalStore(root).listing()]


def outcome(*words: str) -> Result:
    return CliRunner().invoke(gatefold, ["storage", *words], prog_name="gatefold")


def test_an_empty_portal_owns_nothing(run: Run) -> None:
    assert run("storage", "copy", "--to", "local:other").stdout.startswith("Of 0 files, 0 copied")
    assert run("storage", "verify").stdout.startswith("0 files (0.0 MB), 0 read and sound.\nAll is well.")


def test_files_go_to_a_folder_and_the_next_run_passes_them_over(run: Run, shelf: list[str], press: Path) -> None:
    result = run("storage", "copy", "--to", "local:other")
    assert result.stdout.startswith("Of 3 files, 3 copied (")
    assert result.stderr == ""
    assert keys_in(press / "other") == shelf
    place(press / "other", shelf[1]).write_bytes(b"cut short")
    again = json.loads(run("storage", "copy", "--to", "local:other", "--json").stdout)
    assert again == {
        "to": "local:other",
        "objects": 3,
        "copied": 1,
        "copied_bytes": place(press / "files", shelf[1]).stat().st_size,
        "skipped": 2,
        "failed": [],
    }
    assert run("storage", "verify", "--in", "local:other").stdout.endswith("All is well.\n")
    assert keys_in(press / "files") == shelf


def test_files_go_to_a_bucket_and_the_portal_can_switch(
    run: Run, shelf: list[str], s3_server: S3Server, s3_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3_server.bucket()
    there = (f"s3:{bucket}", "--endpoint-url", s3_server.url, "--region", "us-east-1")
    assert "3 copied" in run("storage", "copy", "--to", *there).stdout
    assert "3 read and sound" in run("storage", "verify", "--in", *there, "--rate", "100").stdout
    for name, value in (("KIND", "s3"), ("BUCKET", bucket), ("ENDPOINT_URL", s3_server.url)):
        monkeypatch.setenv(f"GATEFOLD_STORAGE__{name}", value)
    assert json.loads(run("storage", "verify", "--json").stdout)["read"] == 3
    refused = run("storage", "copy", "--to", *there, code=1)
    assert refused.stderr == f"s3:{bucket} is the store that is in use already.\n"


def test_a_file_that_cannot_be_copied_is_named_and_the_others_come(run: Run, shelf: list[str], press: Path) -> None:
    damaged, missing, sound = shelf
    place(press / "files", damaged).write_bytes(bytes(place(press / "files", damaged).stat().st_size))
    place(press / "files", missing).unlink()
    result = outcome("copy", "--to", "local:other")
    assert result.exit_code == 1
    assert "1 copied" in result.stdout
    assert "2 failed" in result.stdout
    assert f"fault: {damaged}, the file of “" in result.stdout
    assert "”, has other bytes than it should" in result.stdout
    assert f"fault: {missing}, the file of “" in result.stdout
    assert keys_in(press / "other") == [sound]


LED_COPY = """
import signal, sys
from storage.local import LocalFile
from api.commands import gatefold

read_at = LocalFile.read_at
def led(self, offset, length):
    print("reading", flush=True)
    sys.stdin.readline()
    return read_at(self, offset, length)
LocalFile.read_at = led
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it
gatefold(sys.argv[1:])
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_copy_that_is_ended_goes_on_when_it_is_run_again(
    run: Run, shelf: list[str], press: Path, end: signal.Signals
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LED_COPY, "storage", "copy", "--to", "local:other"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    while child.stdout.readline() == "reading\n" and not keys_in(press / "other"):
        child.stdin.write("go on\n")
        child.stdin.flush()
    child.send_signal(end)
    _, said = child.communicate(timeout=600)
    there = keys_in(press / "other")
    assert 0 < len(there) < 3, "it was not broken off half way, so this would prove nothing"
    if end is signal.SIGINT:
        assert child.returncode == 1
        assert said.strip().startswith("Stopped. Of 3 files, ")
        assert said.strip().endswith("The same command goes on from there.")
    again = json.loads(run("storage", "copy", "--to", "local:other", "--json").stdout)
    assert (again["skipped"], again["copied"]) == (len(there), 3 - len(there))
    assert json.loads(run("storage", "verify", "--in", "local:other", "--json").stdout)["read"] == 3


def test_on_a_terminal_there_is_a_progress_bar(shelf: list[str], press: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.run(
        [sys.executable, "-m", "api", "storage", "copy", "--to", "local:other", "--json"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"},
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "Copying" in shown
    assert "100%" in shown
    assert json.loads(child.stdout)["copied"] == 3


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--to", "local:files"], 1, "local:files is the store that is in use already."),
        (["--to", "ftp:somewhere"], 2, "“ftp:somewhere” is no store; write local:FOLDER or s3:BUCKET."),
        (["--to", "s3:"], 2, "“s3:” is no store"),
        (["--to", "local"], 2, "“local” is no store"),
        (["--to", "s3:No_Bucket"], 2, "bucket is no name of a bucket"),
        (["--to", "s3:titles", "--endpoint-url", "nowhere"], 2, "endpoint_url is no address"),
        (["--to", "local:other", "--region", "eu-central-1"], 2, "are for a bucket"),
        ([], 2, "Missing option '--to'"),
    ],
)
def test_a_place_that_is_none_is_refused(run: Run, options: list[str], code: int, words: str) -> None:
    assert words in run("storage", "copy", *options, code=code).stderr


def test_a_store_that_is_away_is_said_to_be(run: Run, shelf: list[str], s3_keys: None) -> None:
    there = ("s3:titles", "--endpoint-url", f"http://127.0.0.1:{free_port()}")
    copied = run("storage", "copy", "--to", *there, code=1).stderr
    assert copied.startswith("The store does not answer: ")
    assert "0 copied" in copied
    assert run("storage", "verify", "--in", *there, code=1).stderr.startswith("The store does not answer: ")


def test_what_is_missing_and_what_is_damaged_is_exit_code_1(run: Run, shelf: list[str], press: Path) -> None:
    damaged, missing, _ = shelf
    size = place(press / "files", damaged).stat().st_size
    place(press / "files", damaged).write_bytes(bytes(size))
    place(press / "files", missing).unlink()
    quick = outcome("verify", "--no-read", "--json")
    assert quick.exit_code == 1
    assert [each["fault"] for each in json.loads(quick.stdout)["troubles"]] == ["missing"]
    thorough = outcome("verify", "--json")
    assert thorough.exit_code == 1
    found = json.loads(thorough.stdout)
    assert not found["is_well"]
    assert {(each["key"], each["fault"]) for each in found["troubles"]} == {
        (damaged, "damaged"),
        (missing, "missing"),
    }
    words = outcome("verify").stdout
    assert f"fault: {missing}, the file of “" in words
    assert "”, is missing" in words
    assert "docs/storage.md" in words


def test_what_nothing_names_is_a_warning_once_it_is_a_day_old(
    run: Run, shelf: list[str], press: Path, database: Database
) -> None:
    with database.writing() as db:
        file = db.exec(select(File).where(File.sha256 == shelf[0])).one()
        for edition in db.exec(select(Edition).where(Edition.file_id == file.id)).all():
            db.delete(edition)
        db.flush()
        db.delete(file)
    young = json.loads(run("storage", "verify", "--json").stdout)
    assert (young["orphans"], young["in_flight"]) == ([], 1)
    days_ago = time.time() - 2 * 86_400
    os.utime(place(press / "files", shelf[0]), (days_ago, days_ago))
    old = json.loads(run("storage", "verify", "--json").stdout)
    assert ([each["key"] for each in old["orphans"]], old["in_flight"]) == ([shelf[0]], 0)
    words = run("storage", "verify").stdout
    assert f"warning: nothing names {shelf[0]}" in words
    assert words.endswith("All is well.\n")


@pytest.mark.parametrize("options", [["--rate", "0"], ["--rate", "fast"], ["--region", "eu-central-1"]])
def test_verify_refuses_what_makes_no_sense(run: Run, options: list[str]) -> None:
    assert "Usage: gatefold storage verify" in run("storage", "verify", *options, code=2).stderr
