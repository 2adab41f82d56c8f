"""`gatefold title`: first each command, then one test per refusal."""

import json
import os
import pty
from pathlib import Path
from types import SimpleNamespace

import pytest
from fpdf import FPDF

from api.tables import RuleKind
from tests.commands.conftest import Run


@pytest.fixture
def pdf(press: Path) -> str:
    volume = FPDF()
    volume.add_page()
    volume.add_page()
    volume.output(str(press / "volume.pdf"))
    return "volume.pdf"


def shown(run: Run) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("title", "show", "a-title", "--json").stdout)
    return found


def test_every_kind_of_rule_can_be_given(run: Run) -> None:
    run("institution", "add", "--slug", "example-university", "--name", "Example University", "--domain", "example.edu")
    asked = [
        *("everyone", "signed-in", "email-domain:example.org", "claim:orcid", "claim:affiliation=member@example.edu"),
        *("institution:example-university", "listed", "voucher", "on-request"),
    ]
    run("title", "add", "title.toml", *(word for rule in asked for word in ("--access", rule)))
    assert shown(run)["rules"] == asked
    assert {rule.partition(":")[0] for rule in asked} == set(RuleKind)


def test_stamping_is_off_until_it_is_switched_on(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "signed-in")
    assert shown(run)["is_stamped"] is False
    assert run("title", "stamp", "a-title", "on").stdout == "“a-title”: readers’ copies are stamped.\n"
    assert shown(run)["is_stamped"] is True
    assert "stamp    on" in run("title", "show", "a-title").stdout
    run("title", "access", "a-title", "--rule", "everyone")
    assert "carry no stamp" in run("title", "stamp", "a-title", "on").stdout
    assert "not stamped" in run("title", "stamp", "a-title", "off").stdout
    assert "no title “b”" in run("title", "stamp", "b", "on", code=1).stderr


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("open", "“open” is no kind of rule; there are: everyone, signed-in,"),
        ("signed-in:now", "The rule signed-in stands alone"),
        ("email-domain", "does not say whom it means; write email-domain:example.org"),
        ("email-domain:com", "does not say whom it means"),
        ("email-domain:exämple.org", "does not say whom it means"),
        ("claim:name=Ben", "write claim:orcid"),
        ("claim:orcid=0000-0002-1825-0098", "write claim:orcid"),
        ("claim:orcidx", "write claim:orcid"),
        ("institution:", "write institution:example-university"),
    ],
)
def test_a_rule_that_is_none_is_refused_in_words(run: Run, rule: str, words: str) -> None:
    run("title", "add", "title.toml")
    assert words in " ".join(run("title", "access", "a-title", "--rule", rule, code=2).stderr.split())
    assert shown(run)["rules"] == []


def test_a_rule_for_an_unknown_institution_is_refused_and_nothing_changes(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "listed")
    refused = run("title", "access", "a-title", "--rule", "institution:nowhere", code=1)
    assert "There is no institution “nowhere”" in refused.stderr
    assert shown(run)["rules"] == ["listed"]


def test_add_makes_a_draft_and_says_that_it_is_closed(run: Run) -> None:
    words = run("title", "add", "title.toml").stdout
    assert "“a-title” is a draft now: no file yet, closed to all readers." in words
    assert "gatefold title access a-title --rule" in words
    assert (shown(run)["state"], shown(run)["rules"], shown(run)["edition"]) == ("draft", [], None)


def test_add_with_file_ladder_and_opening(run: Run, pdf: str) -> None:
    words = run(
        *("title", "add", "title.toml", "--pdf", pdf, "--access", "listed", "--access", "signed-in"),
        *("--opens-at", "2027-03-01T01:00:00+01:00"),
    ).stdout
    assert "edition 1, 2 pages" in words
    assert "listed, then signed-in; opens 2027-03-01T00:00:00Z." in words
    assert shown(run)["rules"] == ["listed", "signed-in"]
    assert shown(run)["opens_at"] == "2027-03-01T00:00:00Z"


def test_add_prints_json(run: Run) -> None:
    made = json.loads(run("title", "add", "title.toml", "--json").stdout)
    assert (made["slug"], made["path"], made["full_title"]) == ("a-title", "/reports/a-title", "A Title – And More")


def test_list_is_empty_and_then_is_not(run: Run) -> None:
    assert run("title", "list").stdout == "There are no titles yet.\n"
    assert json.loads(run("title", "list", "--json").stdout) == []
    run("title", "add", "title.toml", "--access", "everyone")
    assert run("title", "list").stdout == "a-title  draft  no file yet  everyone\n"
    assert [title["slug"] for title in json.loads(run("title", "list", "--json").stdout)] == ["a-title"]


def test_show_in_words(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "listed")
    run("user", "grant", "a-title", "campus:ben")
    words = run("title", "show", "a-title").stdout
    assert words.splitlines()[0] == "A Title – And More"
    assert "reader   ben at https://id.example.org" in words


def test_access_is_changed_part_by_part(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "everyone")
    run("title", "access", "a-title", "--opens-at", "2027-03-01T00:00Z")
    assert (shown(run)["rules"], shown(run)["opens_at"]) == (["everyone"], "2027-03-01T00:00:00Z")
    run("title", "access", "a-title", "--rule", "listed", "--rule", "signed-in")
    assert (shown(run)["rules"], shown(run)["opens_at"]) == (["listed", "signed-in"], "2027-03-01T00:00:00Z")
    assert "closed to all readers" in run("title", "access", "a-title", "--none", "--no-opens-at").stdout
    assert (shown(run)["rules"], shown(run)["opens_at"]) == ([], None)


def test_publish_and_withdraw(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "everyone")
    assert "is published at /reports/a-title: everyone." in run("title", "publish", "a-title").stdout
    assert "is withdrawn" in run("title", "withdraw", "a-title").stdout
    assert shown(run)["state"] == "withdrawn"


def test_publication_can_be_planned_and_the_plan_taken_back(run: Run) -> None:
    run("title", "add", "title.toml")
    assert (
        "will be published on 2099-03-01T09:00+00:00"
        in run("title", "publish", "a-title", "--at", "2099-03-01T09:00Z").stdout
    )
    assert "stays a draft" in run("title", "publish", "a-title", "--not-yet").stdout
    assert "has passed" in run("title", "publish", "a-title", "--at", "2020-01-01T00:00Z", code=1).stderr
    run("title", "publish", "a-title")
    run("title", "withdraw", "a-title")
    steps = json.loads(run("title", "history", "a-title", "--json").stdout)
    assert [step["what"] for step in steps] == ["scheduled", "unscheduled", "published", "withdrawn"]
    assert "withdrawn" in run("title", "history", "a-title").stdout


def test_a_refused_pdf_leaves_not_even_the_draft(run: Run, press: Path) -> None:
    (press / "page.pdf").write_text("<!doctype html><title>Sign in</title>")
    result = run("title", "add", "title.toml", "--pdf", "page.pdf", code=1)
    assert result.stderr.count("\n") == 1
    assert "is a web page, not a PDF" in result.stderr
    assert json.loads(run("title", "list", "--json").stdout) == []
    assert not [path for path in (press / "files").rglob("*") if path.is_file()]


def test_a_slug_taken_leaves_no_file(run: Run, press: Path, pdf: str) -> None:
    run("title", "add", "title.toml")
    assert "There is a title “a-title” already." in run("title", "add", "title.toml", "--pdf", pdf, code=1).stderr
    assert not [path for path in (press / "files").rglob("*") if path.is_file()]


def test_a_wrong_description_names_its_fault(run: Run, press: Path) -> None:
    (press / "title.toml").write_text('slug = "A"\ntitle = "A"\nkind = "report"')
    assert run("title", "add", "title.toml", code=1).stderr == (
        "title.toml: slug has to be lower-case letters, digits and single hyphens.\n"
    )


@pytest.mark.parametrize("words", [("show",), ("publish",), ("withdraw",), ("access", "--none")])
def test_an_unknown_title_is_named(run: Run, words: tuple[str, ...]) -> None:
    command, *options = words
    assert run("title", command, "nowhere", *options, code=1).stderr == "There is no title “nowhere”.\n"


def test_publishing_twice_is_refused(run: Run) -> None:
    run("title", "add", "title.toml")
    run("title", "publish", "a-title")
    assert run("title", "publish", "a-title", code=1).stderr == (
        "“a-title” is published; only a draft can be published.\n"
    )


@pytest.mark.parametrize(
    ("instant", "words"),
    [("2027-03-01T00:00", "has no zone"), ("2027-03-01", "has no zone"), ("tomorrow", "is not an instant")],
)
def test_an_opening_needs_an_instant_with_its_zone(run: Run, instant: str, words: str) -> None:
    assert words in run("title", "add", "title.toml", "--opens-at", instant, code=2).stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--rule", "listed", "--none"),
        ("--no-opens-at", "--opens-at", "2027-03-01T00:00Z"),
        ("--rule", "vip"),
    ],
)
def test_access_refuses_what_makes_no_sense(run: Run, options: tuple[str, ...]) -> None:
    run("title", "add", "title.toml", "--access", "everyone")
    assert "Usage: gatefold title access" in run("title", "access", "a-title", *options, code=2).stderr
    assert shown(run)["rules"] == ["everyone"]


def test_a_new_file_for_a_title_is_its_next_edition(run: Run, pdf: str) -> None:
    run("title", "add", "title.toml", "--pdf", pdf)
    assert run("title", "file", "a-title", pdf).stdout.startswith("“a-title” has a new file now: edition 2, 2 pages, ")
    assert run("title", "file", "a-title", pdf, "--json").stderr == ""


def test_what_became_of_each_file_is_shown(run: Run, pdf: str, press: Path) -> None:
    run("title", "add", "title.toml")
    assert run("title", "intakes", "a-title").stdout == "Nothing was sent yet.\n"
    run("title", "file", "a-title", pdf)
    (press / "page.pdf").write_text("<html>")
    refused = run("title", "file", "a-title", "page.pdf", code=1)
    assert "is a web page, not a PDF" in refused.stderr
    last, first = json.loads(run("title", "intakes", "a-title", "--json").stdout)
    assert (first["state"], first["file_name"], first["facts"]["page_count"]) == ("ready", "volume.pdf", 2)
    assert (last["state"], last["file_name"], last["edition_id"]) == ("rejected", "page.pdf", None)
    assert f"page.pdf  6 bytes\n  {last['reason']}\n" in run("title", "intakes", "a-title").stdout
    assert json.loads(run("title", "show", "a-title", "--json").stdout)["edition"]["number"] == 1


def test_a_file_for_no_title_and_no_file_for_a_title(run: Run, pdf: str) -> None:
    run("title", "add", "title.toml")
    assert "There is no title “nothing”" in run("title", "file", "nothing", pdf, code=1).stderr
    assert "nowhere.pdf can't be read" in run("title", "file", "a-title", "nowhere.pdf", code=1).stderr
    assert "There is no title “nothing”" in run("title", "intakes", "nothing", code=1).stderr


def test_a_terminal_shows_how_far_a_file_is(run: Run, pdf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr("api.commands.progress.sys", SimpleNamespace(stderr=terminal))
        run("title", "add", "title.toml", "--pdf", pdf)
        terminal.flush()
        shown = os.read(master, 4096).decode()
    os.close(master)
    assert "Sending volume.pdf" in shown
    assert "100%" in shown


def test_a_store_that_is_away_is_said_in_a_sentence(
    run: Run, pdf: str, s3_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = {"KIND": "s3", "BUCKET": "titles", "ENDPOINT_URL": "http://127.0.0.1:9"}
    for name, value in storage.items():
        monkeypatch.setenv(f"GATEFOLD_STORAGE__{name}", value)
    refused = run("title", "add", "title.toml", "--pdf", pdf, code=1)
    assert refused.stderr.startswith("The store does not answer: ")
    assert run("title", "list").stdout == "There are no titles yet.\n"
