"""A large file sent in parts to the local store: its speed against a plain copy, and what memory that takes at most."""

import hashlib
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from api.database import Database
from api.settings import Settings
from api.tables import Role, User
from tests.bench import servers
from tests.bench.measure import forget_peak, peak_megabytes
from tests.bench.report import Row
from tests.bench.shelf import SLUG, settings_in, stock
from tests.site import free_port

SIZE = 2 << 30  # bytes
AT_ONCE = 4  # parts side by side, as the browser sends them
WARM = 2 * AT_ONCE  # parts of an upload before it
PLAIN = {"accept": "application/json"}


def uploads(folder: Path, size: int = SIZE) -> list[Row]:
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}")
    cookie = stock(settings, 1).cookie
    _promote(settings)
    block = os.urandom(settings.uploads.part_size)
    with servers.portal(settings) as server:
        pid = server.pids[0]
        _send(server.url, cookie, block, WARM * len(block))  # warm: what any upload needs is there
        forget_peak(pid)
        rest = peak_megabytes(pid)
        began = time.perf_counter()
        _send(server.url, cookie, block, size)
        sent = size / (time.perf_counter() - began) / 1e6
        peak = peak_megabytes(pid)
    copied = size / _copy(folder, block, size) / 1e6
    return [
        Row("upload in parts, local store", "a plain copy", sent / copied, f"{sent:,.0f} MB/s; {copied:,.0f} MB/s"),
        Row(
            f"peak memory while receiving {size / 1e9:.0f} GB",
            f"after receiving {WARM} parts",
            peak / rest,
            f"{peak:.0f} MB; {rest:.0f} MB",
            at_most=1.1,
        ),
    ]


def _promote(settings: Settings) -> None:
    database = Database(settings.database_url)
    with database.writing() as db:
        db.exec(sa.update(User).values(role=Role.EDITOR))
    database.close()


def _send(url: str, cookie: str, block: bytes, size: int) -> None:
    """As the browser does, but of a file that is one block again and again, so that making it costs nothing."""
    digest = _sha256(block)
    told = {"title": SLUG, "name": "large.pdf", "size": size, "changed": 0, "first_part": digest}
    with httpx2.Client(base_url=url, headers=PLAIN | {"cookie": cookie}, timeout=300) as client:
        upload = _json(client.post("/desk/uploads", json=told))

        def send(number: int) -> None:
            last = size - (number - 1) * len(block)
            piece = block if last >= len(block) else block[:last]
            part = {"number": number, "size": len(piece), "digest": digest if piece is block else _sha256(piece)}
            where = _json(client.post(f"{upload['address']}/parts", json=part))
            client.put(where["url"], content=piece).raise_for_status()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, range(1, upload["parts"] + 1)))
        _json(client.post(f"{upload['address']}/completion"))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(answer: httpx2.Response) -> Any:
    answer.raise_for_status()
    return answer.json()


def _copy(folder: Path, block: bytes, size: int) -> float:
    """Seconds that the same bytes take from one file to another, until they are on the disk."""
    source, target = folder / "source", folder / "target"
    with source.open("wb") as file:
        for _ in range(-(-size // len(block))):
            file.write(block)
        file.truncate(size)
        os.fsync(file.fileno())
    began = time.perf_counter()
    with source.open("rb") as file, target.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    return time.perf_counter() - began
