"""The formats of libraries with what is hard for them: long texts, forbidden signs, articles, records that burst."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from api.formats import marc, mods
from api.formats.dublin_core import oai_dc
from api.formats.gate import Gate
from api.formats.languages import three_letters
from api.formats.marc_fields import fields_of
from api.formats.record import ContentsLine, Person
from api.formats.works import Work
from api.formats.xml import clean, element
from tests.formats.samples import AWKWARD, HERE, NOON, VOLUME, WORKS

FORBIDDEN = "a\x00b\x08c\x0bd\x1de\x1ef\x1fg\ufffeh\uffffi\ud800j"
HOSTILE = replace(AWKWARD, title=FORBIDDEN, full_title=FORBIDDEN, abstract=FORBIDDEN.replace("\ud800", ""))
DC = "{http://purl.org/dc/elements/1.1/}"


def values(work: Work, tag: str, code: str) -> list[str]:
    fields = (each for each in fields_of(work) if each.tag == tag)
    return [value for each in fields if not isinstance(each.content, str) for key, value in each.content if key == code]


def test_what_xml_cannot_carry_is_left_out() -> None:
    assert clean(FORBIDDEN) == "abcdefghij"
    for written in (mods.written, marc.written_as_xml):
        assert "abcdefghij" in "".join(ElementTree.fromstring(written([Work(HOSTILE, HERE)])).itertext())
    assert "abcdefghij" in "".join(ElementTree.fromstring(oai_dc(Work(HOSTILE, HERE))).itertext())


def test_attributes_are_escaped_too() -> None:
    said = 'a "b" <c> & d\n'
    assert ElementTree.fromstring(element("e", {"f": said})).get("f") == 'a "b" <c> & d '


def test_binary_marks_never_come_from_a_title() -> None:
    record = marc.written([Work(HOSTILE, HERE)])
    assert record.count(b"\x1d") == 1
    assert int(record[:5]) == len(record)
    assert record.count(b"\x1e") == 1 + len(fields_of(Work(HOSTILE, HERE)))


def test_a_record_that_bursts_the_binary_form_leaves_names_out_and_xml_keeps_them() -> None:
    people = tuple(Person(given="G" * 90, family=f"Ω{n}" + "F" * 90) for n in range(1000))
    work = Work(replace(VOLUME, contributors=people), HERE)
    assert len(marc.written([work])) <= 99_999
    assert "Ω999" in marc.written_as_xml([work]).decode()


def test_a_long_abstract_and_long_contents_are_told_in_several_fields() -> None:
    lines = tuple(ContentsLine(f"Chapter {n} of very many", id=n, address=n) for n in range(1, 401))
    work = Work(replace(VOLUME, abstract="wörter " * 2000, contents=lines), HERE)
    assert len(values(work, "520", "a")) > 1
    told = values(work, "505", "a")
    assert "Chapter 400 of very many" in told[-1]
    assert all(len(piece.encode()) < 9000 for piece in [*told, *values(work, "520", "a")])


@pytest.mark.parametrize(
    ("title", "language", "passed_over"),
    [
        ("The Clerk", "en", "4"),
        ("Die Akten", "de", "4"),
        ("Die Akten", "en", "0"),
        ("L’eau", "fr", "2"),
        ("A", "ar", "0"),
    ],
)
def test_an_article_is_passed_over_in_filing(title: str, language: str, passed_over: str) -> None:
    work = Work(replace(VOLUME, title=title, language=language), HERE)
    assert next(each for each in fields_of(work) if each.tag == "245").second == passed_over


def test_coded_fields_have_their_fixed_lengths() -> None:
    for work in WORKS.values():
        coded = {each.tag: each.content for each in fields_of(work) if isinstance(each.content, str)}
        assert (len(coded["006"]), len(coded["007"]), len(coded["008"])) == (18, 14, 40)


@pytest.mark.parametrize(
    ("work", "rights"),
    [
        (Work(VOLUME, HERE, is_open=True), "openAccess"),
        (Work(VOLUME, HERE), "restrictedAccess"),
        (Work(replace(VOLUME, opens_at=NOON), HERE, gate=Gate.NOT_YET), "embargoedAccess"),
        (Work(VOLUME, HERE, gate=Gate.CLOSED), "closedAccess"),
    ],
)
def test_access_is_told_as_it_is(work: Work, rights: str) -> None:
    told = [each.text for each in ElementTree.fromstring(oai_dc(work)).iter(f"{DC}rights")]
    assert told[0] == f"info:eu-repo/semantics/{rights}"
    assert (values(work, "506", "f") == ["Unrestricted online access"]) == (rights == "openAccess")


def test_an_embargo_says_until_when() -> None:
    work = Work(replace(VOLUME, opens_at=NOON), HERE, gate=Gate.NOT_YET)
    assert "embargoEnd/2026-11-22" in oai_dc(work)
    assert values(work, "506", "a") == ["The file opens on 2026-11-22."]


def test_editors_are_no_authors() -> None:
    volume = ElementTree.fromstring(oai_dc(WORKS["volume"]))
    assert list(volume.iter(f"{DC}creator")) == []
    assert [each.text for each in volume.iter(f"{DC}contributor")] == ["Sample, Ada", "Example, Lee"]
    assert [each.tag for each in fields_of(WORKS["volume"]) if each.tag.startswith("1")] == []


@pytest.mark.parametrize(
    ("tag", "code"), [("de-AT", "ger"), ("zh-Hant-TW", "chi"), ("deu", "ger"), ("grc", "grc"), ("xx", "und")]
)
def test_languages_have_three_letters(tag: str, code: str) -> None:
    assert three_letters(tag) == code
