"""`gatefold serve` as real processes that a test may kill, and readers who are signed in at all of them."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from api.database import Database
from api.seal import Seal
from api.settings import Settings
from api.signin import sessions
from api.tables import Identity, User
from tests.patience import PATIENCE
from tests.site import free_port

ROOT = Path(__file__).parents[2]
NOTHING_MORE: Mapping[str, str] = {}
ISSUER = "https://id.example.org"
CAMPUS = {"kind": "oidc", "issuer": ISSUER, "client_id": "portal", "client_secret": "never-asked"}
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.warm"])
AS_SHIPPED = {"MALLOC_ARENA_MAX": "2"}  # as in the service and the image; for workers that are begun afresh


def environment(settings: Settings, more: Mapping[str, str] = NOTHING_MORE) -> dict[str, str]:
    """What `gatefold serve` has to be told to serve as these settings say."""
    given = {
        "PUBLIC_URL": settings.public_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "DATABASE_URL": settings.database_url,
        "STORAGE__ROOT": str(settings.storage.root),
        "TRUSTED_PROXIES": "127.0.0.1",  # so that a test's readers come from networks of their own
    }
    given |= {f"PROVIDERS__CAMPUS__{name.upper()}": value for name, value in CAMPUS.items()}
    return {**{f"GATEFOLD_{name}": value for name, value in given.items()}, **more}


class Worker:
    """One `gatefold serve`. `log` is where it writes what it has to say."""

    def __init__(self, settings: Settings, folder: Path, more: Mapping[str, str] = NOTHING_MORE) -> None:
        self.settings, self.port = settings, free_port()
        self.log = folder / f"worker-{self.port}.log"
        self._environment = environment(settings, more)
        self._process: multiprocessing.process.BaseProcess | subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def begin(self, patience: float = PATIENCE) -> None:
        """Forked from a process that has everything imported: a start costs a few tenths of a second."""
        words = ["serve", "--port", str(self.port)]
        self._process = FORKS.Process(target=_serve, args=(words, self._environment, str(self.log)))
        self._process.start()
        wait_for(self.is_alive, patience)

    def begin_afresh(self, *, files: int | None = None, patience: float = PATIENCE) -> None:
        """As a command of its own, like on any machine; with at most so many open `files`."""

        def limit() -> None:
            if files is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api", "serve", "--port", str(self.port)],
                env={**os.environ, "PYTHONPATH": str(ROOT), **self._environment},
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                preexec_fn=limit,
            )
        wait_for(self.is_alive, patience)

    def is_alive(self) -> bool:
        return self.get("/healthz")[0] == 200

    def get(self, path: str, headers: Mapping[str, str] = NOTHING_MORE, patience: float = PATIENCE) -> tuple[int, str]:
        """The answer's status and text; 0 where there is none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", path, headers={**self.host, "connection": "close", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def download(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers=self.host)
        data = connection.getresponse().read()
        connection.close()
        return data

    def sent_to(self, path: str, headers: Mapping[str, str]) -> str:
        """Where an address leads on to; empty if it does not."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={**self.host, **headers})
        location = connection.getresponse().headers.get("location", "")
        connection.close()
        return str(location)

    @property
    def host(self) -> dict[str, str]:
        return {"host": urlsplit(self.settings.public_url).netloc}

    def kill(self) -> int:
        """kill -9; what the process ended with."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait(PATIENCE)

    def freeze(self) -> None:
        """Alive and silent, as a machine that hangs: connections are still taken, and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """The polite way, which drains."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        if isinstance(self._process, subprocess.Popen):
            return self._process.wait(seconds)
        assert self._process is not None
        self._process.join(seconds)
        assert self._process.exitcode is not None, "it has not ended"
        return self._process.exitcode

    def end(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self.kill()

    def resident(self) -> int:
        """Bytes of memory that are its own or shared, as the system counts them."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    def share(self) -> int:
        """The same, but of each page that several processes hold only the part that falls to it (Pss)."""
        told = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(told.partition("\nPss:")[2].split()[0]) * 1024


def _serve(words: list[str], given: dict[str, str], log: str) -> None:
    from api.commands import gatefold

    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.environ.update(given)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gatefold(words, prog_name="gatefold")


@contextmanager
def workers(*all_of_them: Worker, afresh: bool = False) -> Iterator[None]:
    """Forked ones, or with `afresh` ones whose memory is all their own."""
    try:
        for each in all_of_them:
            if afresh:
                each.begin_afresh()
            else:
                each.begin()
        yield
    finally:
        for each in all_of_them:
            each.end()


def wait_for(what: Callable[[], object], seconds: float = PATIENCE) -> float:
    """How long it took until `what` was so."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - began


def signed_in(database: Database, settings: Settings, count: int) -> list[str]:
    """The session cookies of so many readers."""
    seal = Seal(settings.secret_key.get_secret_value())
    cookies = []
    with database.writing() as db:
        for number in range(count):
            user = User(name=f"Reader {number}")
            identity = Identity(provider="campus", issuer=ISSUER, subject=str(number))
            user.identities.append(identity)
            db.add(user)
            db.flush()
            cookies.append(f"gatefold={sessions.begin(db, seal, identity)}")
    return cookies
