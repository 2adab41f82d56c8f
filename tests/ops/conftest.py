"""The log as `gatefold serve` sets it up, written to a file of the test."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from api.ops import logs
from api.ops.logs import Sink
from tests.patience import PATIENCE
from tests.signin.hostile import Hostile, on_the_air


class Kept:
    """The log of one test. `lines` are all that was written; asking for them ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        self.sink: Sink = logs.set_up(self._descriptor)

    def text(self) -> str:
        self.sink.close()
        return self._path.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def close(self) -> None:
        self.sink.close()
        os.close(self._descriptor)


@pytest.fixture
def no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory is an empty folder, so that nobody's `.env` is read."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that is closed has all its lines, however busy the machine is."""
    monkeypatch.setattr(logs, "LAST_WORDS", PATIENCE)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []  # `set_up` closes the handlers it finds, and these are pytest's
    kept = Kept(tmp_path / "log")
    try:
        yield kept
    finally:
        kept.close()
        root.handlers = handlers
        root.setLevel(level)


@pytest.fixture(scope="session")
def provider_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})


@pytest.fixture
def hostile(provider_key: RSAKey) -> Iterator[Hostile]:
    with on_the_air(Hostile(provider_key)) as provider:
        yield provider
