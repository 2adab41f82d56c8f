"""The log's last lines are written before the portal ends."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.ops import logs
from api.ops.logs import Sink


def test_what_comes_while_the_log_is_held_up_is_written_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LAST_WORDS", 60)
    reading, writing = os.pipe()
    sink = Sink(writing)
    sink.put("x" * 1_000_000)  # more than a pipe holds
    with os.fdopen(reading, "rb") as pipe, ThreadPoolExecutor(1) as reader:
        assert pipe.read(1) == b"x"  # from now on the writer waits in it
        sink.put("the last word")
        ending = threading.Thread(target=sink.close)
        ending.start()
        assert sink._over.wait(60)
        read = reader.submit(pipe.read)
        ending.join()
        os.close(writing)
        assert read.result().endswith(b"x\nthe last word\n")
