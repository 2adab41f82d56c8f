"""What drives the load, on a core of its own: `wrk` where it is installed, else a small client of ours."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.measure import CLIENT_CORE

ROOT = Path(__file__).parents[2]
CONNECTIONS = 8
SECONDS = 1
PIECE = 1 << 20  # bytes read at a time from a large file


class Refused(Exception):
    """The server under load answered something else than it should; a ratio of that would mean nothing."""


def requests(url: str, cookie: str = "", seconds: int = SECONDS, connections: int = CONNECTIONS) -> tuple[float, float]:
    """Ask for `url` without pause; (answers, seconds). Every answer has to be 2xx or 3xx."""
    wrk = shutil.which("wrk")
    headers = [f"Cookie: {cookie}"] if cookie else []
    if wrk is None:
        ours = [sys.executable, "-m", "tests.bench.client", url, str(seconds), str(connections), *headers]
        done, took = _pinned(ours).split()
        return float(done), float(took)
    given = [part for header in headers for part in ("-H", header)]
    said = _pinned([wrk, "-t1", f"-c{connections}", f"-d{seconds}s", *given, url])
    if "Non-2xx" in said or "Socket errors" in said:
        raise Refused(f"{url}:\n{said}")
    found = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", said)
    if found is None:
        raise Refused(f"{url}:\n{said}")
    return float(found[1]), float(found[2]) * {"ms": 0.001, "s": 1, "m": 60}[found[3]]


def transfer(url: str, size: int, times: int = 4) -> tuple[float, float]:
    """Fetch a large file `times` times over one connection; (bytes, seconds)."""
    ours = [sys.executable, "-m", "tests.bench.load", url, str(size), str(times)]
    done, took = _pinned(ours).split()
    return float(done), float(took)


def _pinned(command: list[str]) -> str:
    ended = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )
    if ended.returncode:
        raise Refused(ended.stderr)
    return ended.stdout


def _fetch(url: str, size: int, times: int) -> tuple[int, float]:
    parts = urlsplit(url)
    assert parts.hostname
    buffer, done = bytearray(PIECE), 0
    with socket.create_connection((parts.hostname, parts.port or 80)) as line:
        begun = time.perf_counter()
        for _ in range(times):
            line.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(4096)
            if not head.startswith(b"HTTP/1.1 200"):
                raise Refused(head.partition(b"\r\n")[0].decode())
            left = size - len(head.partition(b"\r\n\r\n")[2])
            while left:
                got = line.recv_into(buffer, min(left, PIECE))
                if not got:
                    raise Refused(f"{url} ended {left} bytes early")
                left -= got
            done += size
        return done, time.perf_counter() - begun


if __name__ == "__main__":
    print(*_fetch(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
