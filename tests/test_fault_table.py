"""`docs/faults.md` leaves no fault out, says how each is known to have happened, and names tests that are there."""

import re
from pathlib import Path

from tests.test_asvs import named_in

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in row.split("|")[1:-1]]
    for row in (ROOT / "docs" / "faults.md").read_text().splitlines()
    if re.match(r"\| F\d", row)
]


def test_each_fault_has_its_promise_its_tests_and_its_proof() -> None:
    assert {row[0] for row in ROWS} == {f"F{number:02}" for number in range(1, 27)}
    assert [row[0] for row in ROWS if len(row) != 5 or not all(row)] == []


def test_each_test_that_is_named_is_there() -> None:
    named: list[tuple[str, str]] = []
    for row in ROWS:
        paths = re.findall(r"`(tests/[\w/]+\.py|…)(?:::(test_\w+))?`", row[3])
        assert paths, row[0]
        here = ""
        for path, name in paths:
            here = here if path == "…" else path
            assert (ROOT / here).is_file(), here
            named += [(here, name)] if name else []
    assert len(named) > 50
    assert [(path, name) for path, name in named if name not in named_in(ROOT / path)] == []
