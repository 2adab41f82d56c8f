"""`gatefold search rebuild`: everything is taken in again."""

import json

from tests.commands.conftest import Run, press, run  # noqa: F401


def test_the_search_is_made_anew(run: Run) -> None:  # noqa: F811
    done = run("search", "rebuild", "--json")
    assert json.loads(done.stdout) == {"titles": 0, "volumes": 0}
