"""`gatefold voucher`: the code is shown once, and the list says how each stands."""

import json
import re

import pytest

from tests.commands.conftest import Run

LATER = "2099-01-01T00:00:00Z"


@pytest.fixture
def shelf(run: Run) -> Run:
    run("title", "add", "title.toml", "--access", "voucher")
    return run


def test_make_list_and_revoke(shelf: Run) -> None:
    assert shelf("voucher", "list").stdout == "There are no vouchers.\n"
    code, words = shelf("voucher", "make", "a-title", "--uses", "5", "--until", LATER).stdout.splitlines()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert "voucher 1 for “a-title”" in words
    listed = shelf("voucher", "list", "a-title").stdout
    assert listed == "1  a-title  open  5 of 5 left  until 2099-01-01T00:00Z\n"
    assert code not in listed
    assert shelf("voucher", "revoke", "1").stdout == "Voucher 1 is revoked.\n"
    assert "already" in shelf("voucher", "revoke", "1", code=1).stderr
    assert shelf("voucher", "revoke", "1", "--with-readers").stdout.endswith("lost their access: 0.\n")
    assert json.loads(shelf("voucher", "list", "--json").stdout)[0]["state"] == "revoked"


def test_a_title_without_the_rule_says_so(run: Run) -> None:
    run("title", "add", "title.toml", "--access", "listed")
    words = run("voucher", "make", "a-title", "--uses", "1", "--until", LATER).stdout
    assert "gatefold title access a-title --rule voucher" in words


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("a-title", "--uses", "0", "--until", LATER), 1, "serves 1 to"),
        (("a-title", "--uses", "1", "--until", "2020-01-01T00:00Z"), 1, "end in the future"),
        (("a-title", "--uses", "1", "--until", "tomorrow"), 2, "is not an instant"),
        (("a-title", "--uses", "1"), 2, "--until"),
        (("nowhere", "--uses", "1", "--until", LATER), 1, "There is no title"),
    ],
)
def test_refusals(shelf: Run, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in shelf("voucher", "make", *words, code=code).stderr


def test_an_unknown_voucher_is_refused(shelf: Run) -> None:
    assert "There is no voucher 9" in shelf("voucher", "revoke", "9", code=1).stderr
