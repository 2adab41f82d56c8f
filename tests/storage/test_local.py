"""What only the store on a folder has to withstand: links, kills, and what else may lie about on a disk."""

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from storage.local import STAGING, LocalStore
from storage.store import Missing

BYTES = b"%PDF-1.7 not really" * 1000
KEY = hashlib.sha256(BYTES).hexdigest()
SLOW_PUT = """
import sys, time
from pathlib import Path
from storage.local import LocalStore

class Slow:
    def read(self, length):
        if self.begun:
            print("half", flush=True)
            time.sleep(60)
        self.begun = True
        return b"x" * length
    begun = False

LocalStore(Path(sys.argv[1])).put(Slow(), "0" * 64, 1 << 21)
"""


def put(root: Path) -> LocalStore:
    store = LocalStore(root)
    store.put(io.BytesIO(BYTES), KEY, len(BYTES))
    return store


def place(root: Path) -> Path:
    return root / KEY[:2] / KEY[2:4] / KEY


def visible(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and STAGING not in path.parts]


def test_a_file_lies_where_its_key_says_and_staging_is_empty(tmp_path: Path) -> None:
    put(tmp_path)
    assert place(tmp_path).read_bytes() == BYTES
    assert list((tmp_path / STAGING).iterdir()) == []


def test_a_put_killed_half_way_leaves_nothing_visible(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", SLOW_PUT, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"half\n"
    assert list((tmp_path / STAGING).iterdir()), "the copy had not begun, so the kill would prove nothing"
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    assert visible(tmp_path) == []
    with pytest.raises(Missing):
        LocalStore(tmp_path).stat("0" * 64)
    assert LocalStore(tmp_path).sweep(timedelta(minutes=5)) == 0, "it may still be at work"
    assert LocalStore(tmp_path).sweep(timedelta(0)) == 1
    assert list((tmp_path / STAGING).iterdir()) == []


def test_a_staging_killed_half_way_leaves_nothing_staged(tmp_path: Path) -> None:
    script = SLOW_PUT.replace('.put(Slow(), "0" * 64, 1 << 21)', '.stage("0" * 32, Slow())')
    child = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"half\n"
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    with pytest.raises(Missing):
        LocalStore(tmp_path).staged_size("0" * 32)
    assert LocalStore(tmp_path).sweep(timedelta(0)) == 1


def test_a_damaged_file_is_healed_by_the_next_put(tmp_path: Path) -> None:
    put(tmp_path)
    place(tmp_path).write_bytes(BYTES[:100])
    store = put(tmp_path)
    assert store.stat(KEY).size == len(BYTES)


def link_in_place_of_file(root: Path, elsewhere: Path) -> None:
    place(root).unlink()
    place(root).symlink_to(elsewhere / KEY[:2] / KEY[2:4] / KEY)


def link_in_place_of_folder(root: Path, elsewhere: Path) -> None:
    (root / KEY[:2]).rename(root / "moved")
    (root / KEY[:2]).symlink_to(elsewhere / KEY[:2])


def file_in_place_of_folder(root: Path, _elsewhere: Path) -> None:
    (root / KEY[:2]).rename(root / "moved")
    (root / KEY[:2]).write_bytes(b"")


def folder_in_place_of_file(root: Path, _elsewhere: Path) -> None:
    place(root).unlink()
    place(root).mkdir()


def pipe_in_place_of_file(root: Path, _elsewhere: Path) -> None:
    place(root).unlink()
    os.mkfifo(place(root))


@pytest.mark.parametrize(
    "disturb",
    [
        link_in_place_of_file,
        link_in_place_of_folder,
        file_in_place_of_folder,
        folder_in_place_of_file,
        pipe_in_place_of_file,
    ],
)
def test_nothing_but_a_file_of_our_own_is_opened(tmp_path: Path, disturb: Callable[[Path, Path], None]) -> None:
    put(tmp_path / "elsewhere")
    store = put(tmp_path / "root")
    disturb(tmp_path / "root", tmp_path / "elsewhere")
    with pytest.raises(Missing):
        store.stat(KEY)
    with pytest.raises(Missing), store.open(KEY):
        pass


def test_what_lies_about_is_not_listed(tmp_path: Path) -> None:
    store = put(tmp_path)
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "ab").write_text("a file where a folder would be")
    (tmp_path / KEY[:2] / KEY[2:4] / (KEY[:4] + "0" * 60)).mkdir(parents=True)
    (tmp_path / KEY[:2] / KEY[2:4] / f"{KEY}.part").write_bytes(BYTES)
    (tmp_path / STAGING / KEY).write_bytes(BYTES)
    wrong = tmp_path / "cd" / "ef"
    wrong.mkdir(parents=True)
    (wrong / KEY).write_bytes(BYTES)
    (wrong / ("cdef" + "0" * 60)).symlink_to(place(tmp_path))
    assert [found.key for found in store.listing()] == [KEY]


def test_a_listing_of_a_folder_that_cannot_be_read_is_no_empty_store(tmp_path: Path) -> None:
    store = put(tmp_path)
    read = os.listdir

    def broken(folder: int) -> list[str]:
        if any(name == KEY for name in read(folder)):
            raise OSError(errno.EIO, "Input/output error")
        return read(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "listdir", broken)
        with pytest.raises(OSError, match="Input/output"):
            list(store.listing())
    assert [found.key for found in store.listing()] == [KEY]
