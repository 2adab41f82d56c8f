"""A form as it is sent: only fields of its shape, rows in the order in which they came, and moved."""

import pytest

from api.shelf.typed import CONTENTS, PERSON, RECORD, Sent, blank, fitted, without_blank_rows

PEOPLE = [(f"contributors[{key}].given", key) for key in ("3", "1", "n7")]


def order(sent: Sent) -> list[str]:
    return [row["given"] for row in sent.texts()["contributors"]]


def test_texts_stand_under_the_paths_of_their_fields() -> None:
    sent = Sent(RECORD, [("title", "Rivers\r\nof"), ("contributors[1].family", "Sample"), ("subjects[x].code", "GLP")])
    texts = sent.texts()
    assert (texts["title"], texts["subtitle"]) == ("Rivers\nof", "")
    assert texts["contributors"] == [blank(PERSON) | {"family": "Sample"}]
    assert [row["code"] for row in texts["subjects"]] == ["GLP"]


def test_rows_stand_in_the_order_in_which_they_are_sent() -> None:
    assert order(Sent(RECORD, PEOPLE)) == ["3", "1", "n7"]


@pytest.mark.parametrize(
    "name",
    [
        *("do", "title.given", "title[1]", "contributors", "contributors.given", "contributors[1]"),
        *("contributors[].given", "contributors[1].orcid.x", "contributors[1].none", "__class__"),
        *("contents[1].name", "a." * 500, "[1].given", ""),
    ],
)
def test_what_the_shape_does_not_have_is_left_out(name: str) -> None:
    assert Sent(RECORD, [(name, "x")]).texts() | {"contributors": []} == blank(RECORD)


@pytest.mark.parametrize(
    ("verb", "path", "rows", "acted_on"),
    [
        ("up", "contributors[1]", ["1", "3", "n7"], "contributors[1]"),
        ("up", "contributors[3]", ["3", "1", "n7"], "contributors[1]"),
        ("down", "contributors[3]", ["1", "3", "n7"], "contributors[2]"),
        ("down", "contributors[n7]", ["3", "1", "n7"], "contributors[3]"),
        ("remove", "contributors[n7]", ["3", "1"], "contributors[2]"),
        ("remove", "contributors[3]", ["1", "n7"], "contributors[1]"),
        ("add", "contributors", ["3", "1", "n7", ""], "contributors[4]"),
        ("add", "contributors[3]", ["3", "", "1", "n7"], "contributors[2]"),
        ("up", "contributors[9]", ["3", "1", "n7"], ""),
        ("up", "title", ["3", "1", "n7"], ""),
        ("remove", "", ["3", "1", "n7"], ""),
    ],
)
def test_a_row_moves(verb: str, path: str, rows: list[str], acted_on: str) -> None:
    sent = Sent(RECORD, PEOPLE)
    assert sent.move(verb, path) == acted_on
    assert order(sent) == rows


def test_rows_within_rows_move_too() -> None:
    given = [("contents[b].name", "B"), ("contents[a].name", "A"), ("contents[a].contributors[1].given", "Mo")]
    sent = Sent(CONTENTS, given)
    assert sent.move("add", "contents[a].contributors") == "contents[2].contributors[2]"
    assert sent.path("contents[a].contributors[1].given") == "contents[2].contributors[1].given"
    assert sent.path("contents[none].name") == ""
    assert sent.move("remove", "contents[a].contributors[1]") == "contents[2].contributors[1]"
    assert sent.move("remove", "contents[b]") == "contents[1]"
    assert sent.move("remove", "contents[a]") == ""
    assert sent.texts() == {"contents": []}


def test_rows_in_which_nothing_is_typed_go() -> None:
    given = [("contributors[1].role", "author"), ("contributors[2].family", " "), ("contributors[3].note", "x")]
    texts = without_blank_rows(Sent(RECORD, given).texts(), RECORD)
    assert [row["note"] for row in texts["contributors"]] == ["x"]


def test_what_was_kept_fits_the_form_of_today() -> None:
    assert fitted({"title": "x", "gone": "y", "subjects": [{"code": "a"}]}, RECORD)["subjects"][0]["heading"] == ""
    assert "gone" not in fitted({"gone": "y"}, RECORD)
