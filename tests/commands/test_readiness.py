"""`gatefold title readiness`: what one title lacks, what all do, and refusals."""

import json

from tests.commands.conftest import Run


def test_it_says_what_a_title_lacks_and_where_to_mend_it(run: Run) -> None:
    run("title", "add", "title.toml")
    found = json.loads(run("title", "readiness", "a-title", "--json").stdout)
    assert found["slug"] == "a-title"
    assert {
        "aim": "publication",
        "weight": "needed",
        "field": "abstract",
        "what": "There is no abstract.",
        "mend": "Write one: it is what everybody reads, signed in or not.",
    } in found["gaps"]
    said = run("title", "readiness", "a-title").stdout
    assert "a-title  publication  choice  file  There is no file." in said
    everything = json.loads(run("title", "readiness", "--all", "--json").stdout)
    assert everything == [found]


def test_a_withdrawn_title_lacks_nothing(run: Run) -> None:
    run("title", "add", "title.toml")
    run("title", "publish", "a-title")
    run("title", "withdraw", "a-title")
    assert run("title", "readiness", "a-title").stdout == "“a-title” lacks nothing.\n"
    assert run("title", "readiness", "--all").stdout == "No title lacks anything.\n"


def test_it_needs_a_title_or_all(run: Run) -> None:
    assert "Name a title, or say --all." in run("title", "readiness", code=2).stderr
    assert "Name a title, or say --all." in run("title", "readiness", "a-title", "--all", code=2).stderr
    assert "no title “none”" in run("title", "readiness", "none", code=1).stderr
