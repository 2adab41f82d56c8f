"""One line for each request and for what happens: only named fields, nothing that breaks a line, never in the way."""

import json
import logging
import os
from pathlib import Path
from select import select

import pytest

from api.ops import logs
from api.ops.logs import RequestLog, Sink
from api.settings import Settings
from tests.cast import CLEO, make_editor, sign_in
from tests.faults.workers import wait_for
from tests.make import shelve
from tests.ops.conftest import Kept
from tests.site import served


def test_a_line_per_request(settings: Settings, kept: Kept) -> None:
    with served(settings, RequestLog(kept.sink)) as site:
        made, ada, cleo = shelve(site), site.browser(), site.browser()
        make_editor(site)
        nobody = site.browser()
        nobody.headers["accept-encoding"] = "identity"  # what is sent is counted, not what it unpacks to
        seen = [nobody.get(made.path), nobody.get(made.path), nobody.get("/static/mark.svg"), nobody.put("/")]
        sign_in(ada, "ada")
        sign_in(cleo, CLEO)
        link = cleo.get(made.pdf).headers["location"]
        seen += [ada.get("/account"), cleo.get("/account"), cleo.get(link), nobody.get(link)]
        numbers = [answer.headers["x-request-id"] for answer in seen]
    by_number = {line["request"]: line for line in kept.lines() if "route" in line}
    lines = [by_number[number] for number in numbers]
    assert [(line["method"], line["route"], line["status"], line["role"]) for line in lines] == [
        ("GET", "/reports/{slug}", 200, "nobody"),
        ("GET", "/reports/{slug}", 200, "nobody"),
        ("GET", "/static/…", 200, "nobody"),
        ("PUT", "/", 405, "nobody"),
        ("GET", "/account", 200, "editor"),
        ("GET", "/account", 200, "reader"),
        ("GET", "/t/{ticket}/{filename}", 200, "reader"),
        ("GET", "/t/{ticket}/{filename}", 200, "nobody"),
    ]
    for line, answer in zip(lines, seen, strict=True):
        assert line["bytes"] == len(answer.content)
        assert 0 <= line["ms"] < 100_000
        assert set(line) == {"time", "request", "method", "route", "status", "ms", "bytes", "role"}


@pytest.mark.parametrize("bad", ["\r\n{}", "\x1b[2J", "\u2028", "\x00", '"}\n{"level": "x"', "\ud800", "\x85"])
def test_nothing_breaks_a_line(kept: Kept, bad: str) -> None:
    logging.getLogger("gatefold.signin").warning("reason=%s", bad)
    RequestLog(kept.sink).line(
        number="1", method=f"GET{bad}", route=f"/{bad}", status=200, milliseconds=1.25, size=3, role=bad
    )
    text = kept.text()
    assert text.count("\n") == 2
    assert all(32 <= ord(character) < 127 for character in text.replace("\n", ""))
    record, request = kept.lines()
    assert record["message"] == f"reason={bad}"
    assert request["method"] == f"GET{bad}"


def test_of_other_libraries_only_warnings_without_what_was_filled_in(kept: Kept) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    theirs = logging.getLogger("authlib.something")
    theirs.debug("verifier %s", "hunter2")
    theirs.warning("token %s\nsecond line", "hunter2")
    (line,) = kept.lines()
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "authlib.something", "token %s")


def test_an_exception_is_its_kinds_and_places(kept: Kept) -> None:
    try:
        try:
            raise ValueError("hunter2")
        except ValueError as error:
            raise RuntimeError("hunter3") from error
    except RuntimeError as error:
        logging.getLogger("gatefold.problems").error("fault", exc_info=error)
    (line,) = kept.lines()
    assert line["fault"] == ["RuntimeError", "ValueError"]
    assert line["places"][0].endswith("test_an_exception_is_its_kinds_and_places")
    assert "hunter" not in kept.text()


def test_a_blocked_sink_costs_lines_and_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "KEPT_AT_MOST", 100)
    monkeypatch.setattr(logs, "PAUSE", 0.01)
    reading, writing = os.pipe()
    sink = Sink(writing)
    sink.put("x" * 1_000_000)  # more than a pipe holds: the writer waits in it
    wait_for(lambda: select([reading], [], [], 0)[0])
    for number in range(1_000):  # nobody reads, so one that waited would wait for ever
        sink.put(f'{{"number": {number}}}')
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.readline() == b"x" * 1_000_000 + b"\n"
        assert [json.loads(pipe.readline())["number"] for _ in range(100)] == list(range(100))
        assert json.loads(pipe.readline())["message"] == "900 lines could not be written"
        sink.close()
        os.close(writing)
        assert pipe.read() == b""


def test_a_broken_sink_is_no_matter(settings: Settings) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    sink = Sink(writing)
    with served(settings, RequestLog(sink)) as site:
        assert [site.program().get("/healthz").status_code for _ in range(20)] == [200] * 20
    sink.close()
    os.close(writing)


def test_a_full_disk_is_no_matter_and_is_told_of_later(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    descriptor = os.open("/dev/full", os.O_WRONLY)
    sink = Sink(descriptor)
    sink.put("one")
    sink.put("two")
    wait_for(lambda: sink._dropped == 2)
    better = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(better, descriptor)
    sink.put("three")
    sink.close()
    os.close(better)
    os.close(descriptor)
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first == "three"
    assert json.loads(second)["message"] == "2 lines could not be written"
