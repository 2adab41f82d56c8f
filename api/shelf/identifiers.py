"""How DOIs, ISBNs, ISSNs, ORCID iDs, RORs, languages, dates and licences are written: each in one form, checked.

Every function takes what a person may write and gives the one form that is kept, or raises `Malformed`.
"""

import re
from datetime import date
from urllib.parse import urlsplit

from api.spoken import N_

RESERVED = ("new",)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"]+")
_DOI_PREFIX = re.compile(r"(https?://(dx\.)?doi\.org/|doi: ?)", re.IGNORECASE)
_FUNDER_DOI = re.compile(r"10\.13039/\d{8,14}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_PUBLISHED = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}")
_BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"
_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_SUBJECT_CODES = {
    "thema": (re.compile(r"[A-Z1-6][A-Z0-9]*(-[A-Z0-9]+)*"), N_("has to be a Thema code such as JPSD or 1QBC")),
    "bisac": (re.compile(r"[A-Z]{3}\d{6}", re.ASCII), N_("has to be a BISAC code such as POL011010")),
    "jel": (re.compile(r"[A-Z]\d{0,2}", re.ASCII), N_("has to be a JEL code such as F51")),
    "ddc": (re.compile(r"\d{3}(\.\d+)?", re.ASCII), N_("has to be a Dewey number such as 327.47051")),
    "lcc": (re.compile(r"[A-Z]{1,3}[0-9A-Z. -]*"), N_("has to be a Library of Congress class such as DK68.7.C5")),
}
_CC = re.compile(r"cc[ -]by((?:-(?:nc|nd|sa))*)[ -]([1-4]\.[05])", re.IGNORECASE)
_ZERO = re.compile(r"cc0([ -]1\.0)?", re.IGNORECASE)
_SPDX = {
    "mit": "https://opensource.org/license/mit",
    "odbl-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "gfdl-1.3": "https://www.gnu.org/licenses/fdl-1.3.html",
}


class Malformed(ValueError):
    """The words say what is wrong, to follow the name of what was written: `has to be …`, `is not …`."""

    def __init__(self, words: str, *, is_check_digit: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_check_digit = is_check_digit


def slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise Malformed(N_("has to be lower-case letters, digits and single hyphens"))
    if text in RESERVED:
        raise Malformed(N_("is a word that addresses of the desk need; add another to it"))
    return text


def doi(text: str) -> str:
    """The bare DOI, of an address at doi.org too."""
    bare = _DOI_PREFIX.sub("", text, count=1) if _DOI_PREFIX.match(text) else text
    if not _DOI.fullmatch(bare):
        raise Malformed(N_("has to be a DOI such as 10.1000/182"))
    return bare


def funder_doi(text: str) -> str:
    bare = doi(text)
    if not _FUNDER_DOI.fullmatch(bare):
        raise Malformed(N_("has to be a funder’s DOI such as 10.13039/501100001659"))
    return bare


def isbn(text: str) -> str:
    """Thirteen digits without hyphens, of one in ten too (ISO 2108)."""
    digits = re.sub(r"[ -]", "", text).upper().replace("\u2010", "").replace("\u2011", "")
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        weights = range(10, 0, -1)
        values = (10 if digit == "X" else int(digit) for digit in digits)
        if sum(weight * value for weight, value in zip(weights, values, strict=True)) % 11:
            raise _wrong_digit(N_("is not an ISBN: the check digit of {text} is wrong", text=text))
        return (first := f"978{digits[:9]}") + str(-_weighed(first) % 10)
    if not re.fullmatch(r"97[89][0-9]{10}", digits):
        raise Malformed(N_("has to be an ISBN of thirteen digits, beginning with 978 or 979"))
    if _weighed(digits) % 10:
        raise _wrong_digit(N_("is not an ISBN: the check digit of {text} is wrong", text=text))
    return digits


def _weighed(digits: str) -> int:
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))


def issn(text: str) -> str:
    """Eight digits with a hyphen (ISO 3297: weights 8 to 2, modulo 11)."""
    digits = text.replace("-", "").upper()
    if not re.fullmatch(r"[0-9]{7}[0-9X]", digits):
        raise Malformed(N_("has to be an ISSN such as 2049-3630"))
    rest = -sum((8 - place) * int(digit) for place, digit in enumerate(digits[:7])) % 11
    if digits[7] != ("X" if rest == 10 else str(rest)):
        raise _wrong_digit(N_("is not an ISSN: the check digit of {text} is wrong", text=text))
    return f"{digits[:4]}-{digits[4:]}"


def orcid(text: str) -> str:
    """Sixteen digits with hyphens (ISO 7064, mod 11-2), of an address at orcid.org too."""
    bare = re.sub(r"^https?://(www\.)?orcid\.org/", "", text.strip("/"))
    digits = bare.replace("-", "").upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", digits):
        raise Malformed(N_("has to be an ORCID iD such as 0000-0002-1825-0097"))
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    if digits[15] != ("X" if rest == 10 else str(rest)):
        raise _wrong_digit(N_("is not an ORCID iD: the check digit of {text} is wrong", text=text))
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def ror(text: str) -> str:
    """Nine signs without the address before them; the last two check the others (ISO 7064, mod 97-10)."""
    bare = re.sub(r"^(https?://)?ror\.org/", "", text.strip("/").lower())
    if not _ROR.fullmatch(bare):
        raise Malformed(N_("has to be a ROR such as 02mhbdp94"))
    number = 0
    for sign in bare[:7]:
        number = number * 32 + _BASE_32.index(sign)
    if 98 - number * 100 % 97 != int(bare[7:]):
        raise _wrong_digit(N_("is not a ROR: the check digit of {text} is wrong", text=text))
    return bare


def language(text: str) -> str:
    """A BCP 47 tag in its usual letters: en, pt-BR, zh-Hant-TW."""
    if not _LANGUAGE.fullmatch(text):
        raise Malformed(N_("has to be a language tag such as en or pt-BR"))
    first, *others = text.lower().split("-")
    return "-".join([first, *map(_cased, others)])


def _cased(part: str) -> str:
    """A country in capitals, a script with one, everything else without."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part


def published(text: str) -> str:
    """A date as precise as it is: 2022, 2022-05 or 2022-05-17."""
    if not _PUBLISHED.fullmatch(text) or not _is_date(text):
        raise Malformed(N_("has to be a date such as 2022, 2022-05 or 2022-05-17"))
    return text


def day(text: str) -> str:
    if not is_day(text):
        raise Malformed(N_("has to be a day such as 2026-11-22"))
    return text


def is_day(text: str) -> bool:
    """Whether it is a day as 2026-11-22."""
    return len(text) == len("2026-11-22") and bool(_PUBLISHED.fullmatch(text)) and _is_date(text)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return True


def licence_uri(text: str) -> str:
    """An https address; the names of well-known licences (CC BY 4.0, CC-BY-SA-4.0) become theirs."""
    known = known_licence(text)
    if known is not None:
        return known
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc
    except ValueError:
        is_whole = False
    if not is_whole or re.search(r"[\s<>\"\\^`{|}]", text):
        raise Malformed(N_("has to be an https address, or a licence such as CC BY 4.0"))
    return text


def known_licence(words: str) -> str | None:
    """The address of a well-known licence by its name, or None."""
    if found := _CC.fullmatch(words):
        return f"https://creativecommons.org/licenses/by{found[1].lower()}/{found[2]}/"
    if _ZERO.fullmatch(words):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return _SPDX.get(words.lower())


def roman(text: str) -> str:
    number = text.lower()
    if not number or not _ROMAN.fullmatch(number):
        raise Malformed(N_("has to be a roman number such as xii"))
    return number


def subject_code(scheme: str, text: str) -> str:
    pattern, words = _SUBJECT_CODES.get(scheme, (None, ""))
    if pattern is not None and not pattern.fullmatch(text):
        raise Malformed(words)
    return text


def _wrong_digit(words: str) -> Malformed:
    return Malformed(words, is_check_digit=True)
