"""A record goes into its forms and comes back without loss, and what is wrong is said at its field."""

from dataclasses import replace

import pytest

from api.shelf.drafts import TitleDraft, TitleFacts
from api.shelf.record_rules import FaultyRecord, checked
from api.shelf.typed_record import (
    affiliations_of,
    contents_draft,
    contents_texts,
    record_draft,
    record_texts,
    slug_of,
)
from api.tables import Kind
from tests.records import RICH, made_up

NOTHING = TitleDraft(TitleFacts(slug="", kind=Kind.REPORT, title="", full_title=""))


@pytest.mark.parametrize("draft", [RICH, *(checked(made_up(seed)) for seed in range(15))])
def test_through_both_forms_and_back_nothing_is_lost(draft: TitleDraft) -> None:
    assert record_draft(record_texts(draft), draft) == (draft, [])
    assert contents_draft(contents_texts(draft), draft) == (draft, [])


def test_one_form_leaves_what_the_other_says() -> None:
    other = checked(made_up(3))
    assert record_draft(record_texts(RICH), other)[0].contents == other.contents
    assert contents_draft(contents_texts(RICH), other)[0] == replace(other, contents=RICH.contents)


def test_a_chapter_is_known_by_its_id() -> None:
    lines = (replace(RICH.contents[0], id=12), RICH.contents[1])
    texts = contents_texts(replace(RICH, contents=lines))
    texts["contents"][1]["id"] = "x" * 40
    assert [line.id for line in contents_draft(texts, RICH)[0].contents] == [12, None]


def test_every_fault_is_said_at_once_and_at_its_field() -> None:
    texts = record_texts(RICH) | {"title": " ", "pages": "many", "isbn": "12"}
    texts["contributors"][0] |= {"orcid": "0000-0002-1825-0098", "affiliations": "One\nTwo, https://ror.org/02mhbdp93"}
    paths = [fault.path for fault in record_draft(texts, RICH)[1]]
    assert sorted(paths) == [
        "contributors[1].affiliations[2].ror",
        "contributors[1].orcid",
        "isbn",
        "pages",
        "title",
    ]


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(FaultyRecord, match="kind has to be one of"):
        record_draft(record_texts(RICH) | {"kind": "novel"}, RICH)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rivers of Paper", "rivers-of-paper"),
        ("Russia–China: “Rivals”?", "russia-china-rivals"),
        ("Straße & Élan", "strasse-elan"),
        ("The Clerk’s Hand", "the-clerks-hand"),
        ("كتاب", ""),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_an_address_is_made_from_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_only_a_new_title_gets_its_address_by_itself() -> None:
    texts = record_texts(NOTHING) | {"title": "Rivers of Paper"}
    draft, faults = record_draft(texts, None)
    assert (draft.facts.slug, draft.facts.full_title, faults) == ("rivers-of-paper", "Rivers of Paper", [])
    assert [fault.path for fault in record_draft(texts, RICH)[1]] == ["slug"]


def test_affiliations_are_typed_one_a_line() -> None:
    lines = "Example University, https://ror.org/02mhbdp94\n\n Another House \nThird 02mhbdp94\nFourth 02mhbdp93"
    assert affiliations_of(lines) == [
        {"name": "Example University", "ror": "https://ror.org/02mhbdp94"},
        {"name": "Another House", "ror": ""},
        {"name": "Third", "ror": "02mhbdp94"},
        {"name": "Fourth 02mhbdp93", "ror": ""},
    ]
