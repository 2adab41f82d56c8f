"""A real S3 server for one run of the tests, which checks signatures; each test has a bucket of its own."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from boto3.session import Session
from botocore.config import Config

from tests.patience import PATIENCE
from tests.site import free_port

KEY_ID, KEY = "AKTEST", "SKTESTSECRET1"


class NoS3(Exception):
    """This machine can't run an S3 server; the message says why."""


class S3Server:
    """rclone over a folder. A bucket is a folder in it."""

    def __init__(self, folder: Path) -> None:
        rclone = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
        if rclone is None:
            raise NoS3("no S3 server on this machine (rclone)")
        self.folder, self._rclone = folder, rclone
        self._numbers = count(1)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [
                *(rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY_ID},{KEY}"),
                "--disable-multipart-streaming",  # else parts have to come in their order
                str(folder),
            ],
            env={"RCLONE_CONFIG": str(folder.parent / "rclone.conf"), "HOME": str(folder.parent)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.client: Any = Session(KEY_ID, KEY).client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.url,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        self._wait()

    def bucket(self) -> str:
        name = f"titles-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        return name

    def files(self, bucket: str) -> list[Path]:
        return [path for path in (self.folder / bucket).rglob("*") if path.is_file()]

    @contextmanager
    def opened(self) -> Iterator[str]:
        """The same buckets by a server that is open to everyone, and to browsers of any origin."""
        port = free_port()
        process = subprocess.Popen(
            [self._rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--allow-origin", "*", str(self.folder)],
            env={"RCLONE_CONFIG": str(self.folder.parent / "rclone.conf"), "HOME": str(self.folder.parent)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_it_answers(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def stop(self) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _wait(self) -> None:
        try:
            _until_it_answers(self.url, self._process)
        except NoS3:
            self.stop()
            raise


def _until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise NoS3(f"the S3 server ended with {process.returncode}")
        try:
            urlopen(url).close()
            return
        except HTTPError as answer:  # it refuses us, so it is there
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise NoS3(f"the S3 server did not answer in {PATIENCE} seconds")


@contextmanager
def served(folder: Path) -> Iterator[S3Server]:
    (folder / "buckets").mkdir()
    server = S3Server(folder / "buckets")
    try:
        yield server
    finally:
        server.stop()
