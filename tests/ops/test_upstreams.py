"""The shipped nginx and a worker that fails: the next one is asked for what only reads, and for nothing else."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests import nginx
from tests.patience import PATIENCE
from tests.site import free_port

NOT_KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\nConnection: close\r\n\r\nok"
LOCKS = "proxy_cache_lock_timeout 1h; proxy_cache_lock_age 1h;\n"  # if there were one, it would hold
SAID = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@contextmanager
def worker(heard: Counter[str], answer: bytes, together: int = 1) -> Iterator[int]:
    """The port of one that hears each request to its end and then gives this answer; none is to hang up.

    It answers so many requests together, and none of them before it has heard all.
    """
    all_of_them = threading.Barrier(together)
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=hear, args=(caller,), daemon=True).start()

    def hear(caller: socket.socket) -> None:
        with caller:
            heard[caller.recv(65_536).partition(b" ")[0].decode()] += 1
            all_of_them.wait()
            caller.sendall(answer)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(PATIENCE)


@contextmanager
def in_front_of(ports: list[int], folder: Path, more: str = "") -> Iterator[httpx2.Client]:
    port = free_port()
    text = more + nginx.shipped(port, ports, folder, folder)
    with nginx.running(folder, port, text) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_only_what_reads_is_asked_again_where_a_worker_hangs_up_on_it(method: str, tmp_path: Path) -> None:
    lost, kept = Counter[str](), Counter[str]()
    with ExitStack() as stack:
        ports = [stack.enter_context(worker(heard, answer)) for heard, answer in ((lost, b""), (kept, SAID))]
        client = stack.enter_context(in_front_of(ports, tmp_path))
        answers = [client.request(method, f"/{number}").status_code for number in range(6)]
    assert lost[method] > 0, "the worker that hangs up was never asked, so this would prove nothing"
    if method == "GET":
        assert answers == [200] * 6
    else:
        assert Counter(answers) == {200: kept[method], 502: lost[method]}
        assert kept[method] + lost[method] == 6, "each came to one worker and no more"


def test_everything_is_asked_of_the_next_one_where_a_worker_is_gone_and_of_it_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    first, second, back = Counter[str](), Counter[str](), free_port()
    with ExitStack() as stack:
        port = stack.enter_context(worker(first, SAID))
        client = stack.enter_context(in_front_of([port, back], tmp_path))
        assert {client.post("/").status_code for _ in range(6)} == {200}
        assert first["POST"] == 6
        listener = socket.create_server(("127.0.0.1", back))
        listener.settimeout(PATIENCE)
        stack.callback(listener.close)

        def answer() -> None:
            caller, _ = listener.accept()
            with caller:
                second[caller.recv(65_536).partition(b" ")[0].decode()] += 1
                caller.sendall(SAID)

        thread = threading.Thread(target=answer)
        thread.start()
        assert {client.post("/").status_code for _ in range(2)} == {200}
        thread.join(PATIENCE)
    assert second["POST"] == 1, "it is asked again at once, and not only after ten seconds"


def test_nobody_waits_for_another_reader_who_asks_for_the_same(tmp_path: Path) -> None:
    """An answer that is not kept, of /sign-in say, comes to all at once and not to one in half a second.

    The worker answers none before it has heard all four, so with a lock there would be no answer.
    """
    with ExitStack() as stack:
        port = stack.enter_context(worker(Counter(), NOT_KEPT, together=4))
        client = stack.enter_context(in_front_of([port], tmp_path, LOCKS))
        crowd = stack.enter_context(ThreadPoolExecutor(4))
        answers = [crowd.submit(client.get, "/sign-in") for _ in range(4)]
        assert {each.result().status_code for each in answers} == {200}
