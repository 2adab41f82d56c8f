"""Programs from npm that read or look over what is written here, where `tests/set-up` could install them."""

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
TOOLS = Path(__file__).parents[2] / "var" / "test-tools" / "format-readers"


def installed() -> Path:
    """Their folder, with our own script in it; the test is skipped where they are not there."""
    if shutil.which("node") is None:
        pytest.skip("readers from npm need node")
    mark = TOOLS / "installed-lock.json"
    if not mark.exists() or mark.read_bytes() != (HERE / "package-lock.json").read_bytes():
        pytest.skip("the readers from npm are not installed; tests/set-up does it")
    return TOOLS
