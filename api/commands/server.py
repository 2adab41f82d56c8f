"""The listening side: sockets opened with a clear refusal, and a server that says when the port answers."""

import errno
import gc
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click
import uvicorn

from api.commands import wire
from api.commands.output import Refused

LAST_TRANSFERS = 10  # seconds that running transfers get to end when the server is stopped


def listen(host: str, port: int, way_out: str) -> socket.socket:
    """The port, or a refusal in which `way_out` says how to choose another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} is in use by another program; {way_out}.") from error
        raise Refused(f"Can't listen on {host}, port {port}: {error.strerror or error}.") from error
    return listener


def run(
    app: Any, listeners: list[socket.socket], lines: Sequence[str], at_end: Callable[[], None] = lambda: None
) -> None:
    """Serve until stopped; `lines` are printed as soon as the port answers, `at_end` is the last thing done.

    A stop by signal ends the process inside uvicorn, so what comes after this call may never run.
    """
    config = uvicorn.Config(
        app,
        timeout_graceful_shutdown=LAST_TRANSFERS,
        **wire.options(),
    )
    try:
        _Server(config, lines, at_end).run(sockets=listeners)
    except KeyboardInterrupt:
        click.echo("Stopped.")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, lines: Sequence[str], at_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._lines = lines
        self._at_end = at_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # it all stays, so no reader waits a fifth of a second while it is gone through
        for line in self._lines:
            print(line, flush=True)
        tell_systemd("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        tell_systemd("STOPPING=1")
        await super().shutdown(sockets)
        self._at_end()


def tell_systemd(state: str) -> None:
    """What sd_notify says, if systemd waits for it (Type=notify); otherwise nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, suppress(OSError):
        line.connect(address.replace("@", "\0", 1) if address[0] == "@" else address)
        line.send(state.encode())
