"""A running portal for tests: served by uvicorn on a real port, talked to over HTTP."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from random import SystemRandom

import httpx2
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.commands import wire
from api.edge.portal import Portal
from api.ops.logs import RequestLog
from api.settings import Settings
from tests.patience import PATIENCE

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


PORTS = range(12_000, 32_000)  # below those that the system gives to connections, which could take one meanwhile


def free_port() -> int:
    """A port that nobody listens on, and that nobody else in this process was given."""
    for port in _ports_of(os.getpid()):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


@cache
def _ports_of(process: int) -> Iterator[int]:
    """In an order of its own, so that two processes hardly ever choose the same one."""
    return cycle(SystemRandom().sample(PORTS, len(PORTS)))


@dataclass
class Site:
    """A portal on the air. Clients follow no redirects unless told to, and send what a browser sends."""

    url: str
    app: FastAPI
    inner: str  # its own address, where a web server stands in front
    server: uvicorn.Server
    clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def portal(self) -> Portal:
        return self.app.state.portal

    def settle(self) -> None:
        """Wait until what follows an answer is done too: who has the last byte may be ahead of what is noted then."""
        give_up = time.monotonic() + PATIENCE
        while self.server.server_state.tasks and time.monotonic() < give_up:
            time.sleep(0.001)

    def browser(self) -> httpx2.Client:
        return self._client(BROWSER)

    def program(self) -> httpx2.Client:
        return self._client({"accept": "*/*"})

    def _client(self, headers: dict[str, str]) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, headers=headers, timeout=30, verify=False)  # there is no TLS here
        self.clients.append(client)
        return client


class Server(uvicorn.Server):
    """uvicorn, but it looks ten times as often whether it is to end: there are thousands of portals in a run."""

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            await asyncio.sleep(0.01)


@contextmanager
def served(settings: Settings, log: RequestLog | None = None, *, port: int | None = None) -> Iterator[Site]:
    """`create_app(settings, log)` on the port of its public URL, or on another behind a web server."""
    app = create_app(settings, log)
    port = port or int(settings.public_url.rpartition(":")[2])
    config = uvicorn.Config(app, "127.0.0.1", port, lifespan="on", **wire.options())
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the portal did not start")
        thread.join(0.01)
    site = Site(settings.public_url, app, f"http://127.0.0.1:{port}", server)
    try:
        yield site
    finally:
        for client in site.clients:
            client.close()
        server.should_exit = True
        thread.join(PATIENCE)
