"""Identifiers, dates, languages and licences: what is taken, in which form it is kept, and what is refused."""

from collections.abc import Callable

import pytest

from api.shelf import identifiers as written
from api.shelf.identifiers import Malformed

Form = Callable[[str], str]


@pytest.mark.parametrize(
    ("form", "text", "kept"),
    [
        (written.doi, "10.5555/GF.rivers", "10.5555/GF.rivers"),
        (written.doi, "https://doi.org/10.5555/a(b)_1", "10.5555/a(b)_1"),
        (written.doi, "http://dx.doi.org/10.5555/a", "10.5555/a"),
        (written.doi, "doi: 10.5555/a", "10.5555/a"),
        (written.funder_doi, "10.13039/501100001659", "10.13039/501100001659"),
        (written.isbn, "978-3-16-148410-0", "9783161484100"),
        (written.isbn, "3-16-148410-X", "9783161484100"),
        (written.isbn, "0-306-40615-2", "9780306406157"),
        (written.isbn, "979-10-90636-07-1", "9791090636071"),
        (written.issn, "20493630", "2049-3630"),
        (written.issn, "2434-561x", "2434-561X"),
        (written.orcid, "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        (written.orcid, "000000021694233x", "0000-0002-1694-233X"),
        (written.ror, "https://ror.org/02mhbdp94", "02mhbdp94"),
        (written.ror, "013CJYK83", "013cjyk83"),
        (written.language, "PT-br", "pt-BR"),
        (written.language, "zh-hant-tw", "zh-Hant-TW"),
        (written.language, "sl-rozaj", "sl-rozaj"),
        (written.published, "2024", "2024"),
        (written.published, "2024-02-29", "2024-02-29"),
        (written.licence_uri, "https://example.org/licence?x=1", "https://example.org/licence?x=1"),
        (written.licence_uri, "CC BY-NC-SA 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
        (written.licence_uri, "CC-BY-3.0", "https://creativecommons.org/licenses/by/3.0/"),
        (written.licence_uri, "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        (written.licence_uri, "MIT", "https://opensource.org/license/mit"),
        (written.roman, "XIV", "xiv"),
        (written.slug, "a-2-b", "a-2-b"),
    ],
)
def test_kept_in_one_form(form: Form, text: str, kept: str) -> None:
    assert form(text) == kept
    assert form(kept) == kept


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        (written.doi, "10.55/x", "has to be a DOI"),
        (written.doi, "10.5555/a b", "has to be a DOI"),
        (written.doi, "https://example.org/10.5555/a", "has to be a DOI"),
        (written.doi, '10.5555/"><script>', "has to be a DOI"),
        (written.funder_doi, "10.5555/1", "has to be a funder’s DOI"),
        (written.isbn, "978-3-16-148410-1", "check digit"),
        (written.isbn, "3-16-148410-1", "check digit"),
        (written.isbn, "977-3-16-148410-0", "thirteen digits"),
        (written.isbn, "٩٧٨٣١٦١٤٨٤١٠٠", "thirteen digits"),
        (written.issn, "2049-3631", "check digit"),
        (written.issn, "2049-36", "has to be an ISSN"),
        (written.orcid, "0000-0002-1825-0098", "check digit"),
        (written.orcid, "0000-0002-1825", "has to be an ORCID iD"),
        (written.ror, "02mhbdp95", "check digit"),
        (written.ror, "02mhbdl94", "has to be a ROR"),
        (written.language, "english!", "language tag"),
        (written.language, "e", "language tag"),
        (written.published, "2023-02-29", "has to be a date"),
        (written.published, "2023-13", "has to be a date"),
        (written.published, "٢٠٢٣", "has to be a date"),
        (written.licence_uri, "http://example.org/", "https address"),
        (written.licence_uri, "https://user@example.org/", "https address"),
        (written.licence_uri, "https://example", "https address"),
        (written.licence_uri, "https://[", "https address"),
        (written.licence_uri, "javascript:alert(1)", "https address"),
        (written.licence_uri, "https://example.org/\"onclick='x'", "https address"),
        (written.roman, "iiii", "roman number"),
        (written.roman, "12", "roman number"),
        (written.slug, "A", "lower-case"),
        (written.slug, "a--b", "lower-case"),
        (written.slug, "é", "lower-case"),
    ],
)
def test_refused_in_words(form: Form, text: str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        form(text)


def test_every_single_wrong_digit_is_noticed() -> None:
    for form, right in (
        (written.isbn, "9783161484100"),
        (written.orcid, "0000000218250097"),
        (written.issn, "20493630"),
    ):
        for place, digit in enumerate(right):
            for other in set("0123456789") - {digit}:
                with pytest.raises(Malformed):
                    form(right[:place] + other + right[place + 1 :])


def test_subject_codes_of_each_scheme() -> None:
    for scheme, right, wrong in (
        ("thema", "1QBC-XA", "qb"),
        ("bisac", "POL011010", "POL11"),
        ("jel", "F51", "51"),
        ("ddc", "327.47051", "32"),
        ("lcc", "DK68.7.C5", "68"),
    ):
        assert written.subject_code(scheme, right) == right
        with pytest.raises(Malformed):
            written.subject_code(scheme, wrong)
    assert written.subject_code("lcsh", "anything") == "anything"
