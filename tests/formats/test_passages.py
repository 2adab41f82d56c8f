"""Words as they are searched, and the passages around them."""

from api.formats.passages import LINE, PASSAGE, line, passage
from api.formats.terms import Term, legible, spans, terms_of, words


def text_of(pieces: object) -> str:
    return "".join(piece.text for piece in pieces or ())  # type: ignore[attr-defined]


def test_words_are_folded_alike_however_they_are_written() -> None:
    for one, other in (
        ("STRASSE", "Straße"),
        ("cafe\u0301", "Café"),
        ("ﬁsh", "fish"),
        ("Søren", "Soren"),
        ("Ёлка", "елка"),
    ):
        assert words(one) == words(other)
    assert words("Russia-China’s co\u00adoperation, 2nd ed. 源流") == [
        "russia",
        "china",
        "s",
        "cooperation",
        "2nd",
        "ed",
        "源",
        "流",
    ]


def test_what_is_typed_becomes_terms() -> None:
    assert terms_of('rivers "of Paper" nea') == (Term(("rivers",)), Term(("of", "paper")), Term(("nea",), True))
    assert terms_of("Russia-Chi") == (Term(("russia", "chi"), True),)
    assert terms_of("to be") == (Term(("to",)), Term(("be",)))
    assert terms_of('"open') == (Term(("open",), True),)
    assert terms_of(" \0 *** ") == ()
    assert sum(len(term.words) for term in terms_of("a b-c " * 100)) <= 32


def test_finds_do_not_overlap() -> None:
    text = legible("New York, New York, new Yorkshire")
    found = [text[start:end] for start, end in spans(text, terms_of('new "new york" york'))]
    assert found == ["New York", "New York", "new", "Yorkshire"]


def test_a_passage_begins_and_ends_at_words() -> None:
    text = "alpha " * 50 + "quincunx " + "omega " * 80
    found = passage(text, terms_of("quincunx"))
    assert text_of(found).startswith("… alpha")
    assert text_of(found).endswith("omega …")
    assert len(text_of(found)) <= PASSAGE + 4
    assert [piece.text for piece in found or () if piece.is_found] == ["quincunx"]
    assert passage(text, terms_of("tides")) is None
    assert text_of(passage("quincunx", terms_of("quincunx"))) == "quincunx"
    assert "x" * 64 in text_of(passage("y" * 500 + " " + "x" * 500, terms_of("x" * 500)))


def test_a_line_is_the_same_whatever_of_it_is_searched() -> None:
    text = " ".join(f"word{number}" for number in range(200))
    lines = {text_of(line(text, terms_of(f'"word{number}"'))) for number in range(200)}
    assert max(map(len, lines)) <= LINE
    assert sum(len(each) + 1 for each in lines) == len(text) + 1
    parted = sorted(lines, key=text.index)[0].rsplit(" ", 1)[1]
    following = f"word{int(parted.removeprefix('word')) + 1}"
    assert text_of(line(text, terms_of(f'"{parted} {following}"'))) in lines
