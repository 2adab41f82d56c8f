"""The rules of a record: a rich one passes unchanged, and every fault has its kind and the path of its field."""

from dataclasses import replace
from typing import Any

import pytest

from api.formats.accessible import Said
from api.formats.record import About, Affiliation, ContentsLine, Funding, Identified, Person, Worded
from api.shelf.drafts import TitleDraft
from api.shelf.record_rules import FaultKind, FaultyRecord, checked, examine
from api.tables import Contribution, IdentifierKind, SubjectScheme
from tests.records import RICH, made_up


def with_facts(**said: Any) -> TitleDraft:
    return replace(RICH, facts=replace(RICH.facts, **said))


def test_what_is_right_stays_as_it_is() -> None:
    assert checked(RICH) == RICH
    for seed in range(50):
        assert checked(made_up(seed)) == made_up(seed), seed


def test_everything_is_kept_in_one_form() -> None:
    draft = checked(
        with_facts(
            title="  Rivers ",
            subtitle=" ",
            full_title="",
            doi="https://doi.org/10.5555/X",
            isbn="978-3-16-148410-0",
            series_issn="20493630",
            publisher_ror="https://ror.org/02mhbdp94",
            licence_uri="CC BY 4.0",
            language="PT-br",
            abstract="one\r\ntwo",
        )
    )
    facts = draft.facts
    assert (facts.title, facts.subtitle, facts.full_title, facts.doi) == ("Rivers", None, "Rivers", "10.5555/X")
    assert (facts.isbn, facts.series_issn, facts.publisher_ror) == ("9783161484100", "2049-3630", "02mhbdp94")
    assert (facts.licence_uri, facts.language) == ("https://creativecommons.org/licenses/by/4.0/", "pt-BR")
    assert facts.abstract == "one\ntwo"


PERSON = Person(given="Ada", family="Sample")


@pytest.mark.parametrize(
    ("draft", "path", "kind"),
    [
        (with_facts(slug=""), "slug", FaultKind.MISSING),
        (with_facts(slug="A b"), "slug", FaultKind.MALFORMED),
        (with_facts(title=" "), "title", FaultKind.MISSING),
        (with_facts(title="x" * 501), "title", FaultKind.TOO_LONG),
        (with_facts(title="a\nb"), "title", FaultKind.UNSEEN_SIGN),
        (with_facts(title="a\x00b"), "title", FaultKind.UNSEEN_SIGN),
        (with_facts(title="a\u202eb"), "title", FaultKind.UNSEEN_SIGN),
        (with_facts(title="a\ud800b"), "title", FaultKind.UNSEEN_SIGN),
        (with_facts(abstract="a\x1bb"), "abstract", FaultKind.UNSEEN_SIGN),
        (with_facts(abstract="x" * 20_001), "abstract", FaultKind.TOO_LONG),
        (with_facts(published="May"), "published", FaultKind.MALFORMED),
        (with_facts(isbn="9783161484101"), "isbn", FaultKind.CHECK_DIGIT),
        (with_facts(publisher_ror="x"), "publisher_ror", FaultKind.MALFORMED),
        (with_facts(edition_number=0), "edition_number", FaultKind.MALFORMED),
        (with_facts(pages=100_000), "pages", FaultKind.MALFORMED),
        (with_facts(copyright_year=99), "copyright_year", FaultKind.MALFORMED),
        (with_facts(doi=None), "doi_is_ours", FaultKind.AT_ODDS),
        (with_facts(series=None, series_number=None), "series_issn", FaultKind.AT_ODDS),
        (with_facts(series=None, series_issn=None), "series_number", FaultKind.AT_ODDS),
        (replace(RICH, contributors=(PERSON, Person())), "contributors[2].family", FaultKind.MISSING),
        (replace(RICH, contributors=(replace(PERSON, name="A"),)), "contributors[1].family", FaultKind.MISSING),
        (
            replace(RICH, contributors=(Person(family="A", is_organisation=True),)),
            "contributors[1].family",
            FaultKind.MISSING,
        ),
        (
            replace(RICH, contributors=(replace(PERSON, orcid="0000-0002-1825-0098"),)),
            "contributors[1].orcid",
            FaultKind.CHECK_DIGIT,
        ),
        (
            replace(RICH, contributors=(Person(name="A", is_organisation=True, orcid="0000-0002-1825-0097"),)),
            "contributors[1].orcid",
            FaultKind.AT_ODDS,
        ),
        (replace(RICH, contributors=(replace(PERSON, ror="02mhbdp94"),)), "contributors[1].ror", FaultKind.AT_ODDS),
        (
            replace(RICH, contributors=(replace(PERSON, affiliations=(Affiliation("A", "nope"),)),)),
            "contributors[1].affiliations[1].ror",
            FaultKind.MALFORMED,
        ),
        (
            replace(RICH, contributors=(replace(PERSON, affiliations=(Affiliation(" "),)),)),
            "contributors[1].affiliations[1].name",
            FaultKind.MISSING,
        ),
        (replace(RICH, contributors=(PERSON,) * 1001), "contributors", FaultKind.TOO_MANY),
        (replace(RICH, contents=(ContentsLine(""),)), "contents[1].name", FaultKind.MISSING),
        (replace(RICH, contents=(ContentsLine("A", last_page="3"),)), "contents[1].first_page", FaultKind.MISSING),
        (replace(RICH, contents=(ContentsLine("A", doi_is_ours=True),)), "contents[1].doi_is_ours", FaultKind.AT_ODDS),
        (
            replace(RICH, contents=(ContentsLine("A", doi="10.5555/gf.rivers"),)),
            "contents[1].doi",
            FaultKind.REPEATED,
        ),
        (
            replace(RICH, contents=(ContentsLine("A", contributors=(replace(PERSON, orcid="1"),)),)),
            "contents[1].contributors[1].orcid",
            FaultKind.MALFORMED,
        ),
        (replace(RICH, wordings=(Worded("en", "A"),)), "wordings[1].language", FaultKind.REPEATED),
        (replace(RICH, wordings=(Worded("", "A"),)), "wordings[1].language", FaultKind.MISSING),
        (replace(RICH, wordings=(Worded("de"),)), "wordings[1].title", FaultKind.MISSING),
        (
            replace(RICH, wordings=(Worded("de", subtitle="A", abstract="B"),)),
            "wordings[1].subtitle",
            FaultKind.AT_ODDS,
        ),
        (
            replace(RICH, identifiers=(Identified(IdentifierKind.ISBN_PRINT, "9783161484100"),)),
            "identifiers[1].value",
            FaultKind.REPEATED,
        ),
        (
            replace(RICH, identifiers=(Identified(IdentifierKind.ISBN_EPUB, "x"),)),
            "identifiers[1].value",
            FaultKind.MALFORMED,
        ),
        (replace(RICH, subjects=(About(SubjectScheme.KEYWORD, code="A"),)), "subjects[1].heading", FaultKind.MISSING),
        (replace(RICH, subjects=(About(SubjectScheme.LCSH),)), "subjects[1].code", FaultKind.MISSING),
        (replace(RICH, subjects=(About(SubjectScheme.JEL, "x"),)), "subjects[1].code", FaultKind.MALFORMED),
        (replace(RICH, accessibility=RICH.accessibility * 2), "accessibility", FaultKind.TOO_MANY),
        (
            replace(RICH, accessibility=(Said(assessed_on="2026-13-01"),)),
            "accessibility[1].assessed_on",
            FaultKind.MALFORMED,
        ),
        (replace(RICH, accessibility=(Said("x" * 1001),)), "accessibility[1].summary", FaultKind.TOO_LONG),
        (replace(RICH, funding=(Funding(""),)), "funding[1].funder", FaultKind.MISSING),
        (replace(RICH, funding=(Funding("A", funder_doi="10.1000/1"),)), "funding[1].funder_doi", FaultKind.MALFORMED),
    ],
)
def test_a_fault_has_its_kind_and_its_path(draft: TitleDraft, path: str, kind: FaultKind) -> None:
    assert (path, kind) in [(fault.path, fault.kind) for fault in examine(draft)[1]]


def test_all_faults_are_named_at_once_in_sentences() -> None:
    draft = with_facts(slug="A", isbn="1")
    with pytest.raises(FaultyRecord) as caught:
        checked(draft)
    assert caught.value.message.splitlines() == [
        "slug has to be lower-case letters, digits and single hyphens.",
        "isbn has to be an ISBN of thirteen digits, beginning with 978 or 979.",
    ]


def test_right_to_left_words_and_joiners_are_words() -> None:
    draft = with_facts(title="كتاب \u200f(א) क्ष 👩‍🔬")
    assert checked(draft).facts.title == draft.facts.title


def test_roles_are_not_texts() -> None:
    assert checked(RICH).contributors[0].role is Contribution.EDITOR
