"""The words of a comment: cleaned of what eyes can't see, measured, and made into HTML that can carry nothing else."""

import hashlib
import unicodedata
from functools import cache, lru_cache
from html import escape

from babel.numbers import format_decimal
from markupsafe import Markup

from api import spoken
from api.errors import Invalid
from api.formats.markdown import ONLY_PROSE, Dialect, is_prose, paragraphs
from api.spoken import N_

LONGEST = 5_000  # characters; whatever the script, a form with so many is within what the portal takes
LONGEST_REASON = 300
REMEMBERED = 1_000  # texts
BREAKS = {ord(sign): "\n" for sign in "\u0085\u2028\u2029\v\f"}
# They change the order in which others' words are seen. Marks of direction (U+200E, U+200F, U+061C) don't, and stay.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = ("Cc", "Cs", "Co", "Cn")


def as_kept(typed: str) -> str:
    """What was typed, without control characters, half signs and turns of direction. Raises Invalid."""
    if len(typed) > 2 * LONGEST:  # with ends of lines of two signs, and what will be cleaned away
        raise _too_long()
    text = unicodedata.normalize("NFC", seen(typed.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        raise Invalid(N_("Write something first."))
    if len(text) > LONGEST:
        raise _too_long()
    return text


def one_line(typed: str, longest: int = LONGEST_REASON) -> str:
    """A sentence or nothing, cleaned in the same way. Raises Invalid."""
    words = " ".join(seen(typed[: 2 * longest]).split())
    if len(typed) > 2 * longest or len(words) > longest:
        raise Invalid(N_("Write at most {longest} characters.", longest=longest))
    return words


def digest(parent_id: int | None, text: str) -> str:
    """The same for the same words at the same place."""
    return hashlib.sha256(f"{parent_id or 0} {' '.join(text.split())}".encode()).hexdigest()


@lru_cache(REMEMBERED)
def shown(text: str) -> Markup:
    """Paragraphs with their lines, emphasis, links, lists and quotations; everything else as it is written."""
    if is_prose(text):
        html = _comments().html(_comments().read(text))
    else:
        html = "".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs(text))
    return Markup(html.strip())  # noqa: S704 sanitised last, or escaped whole


@cache
def _comments() -> Dialect:
    return Dialect(ONLY_PROSE, link_rel="nofollow ugc noopener", keeps_lines=True)


def seen(text: str) -> str:
    """What eyes can see of it, in the order in which it stands."""
    signs = text.translate(BREAKS)
    return "".join(
        sign for sign in signs if sign in "\n\t" or (sign not in TURNS and unicodedata.category(sign) not in UNSEEN)
    )


def _too_long() -> Invalid:
    return Invalid(
        N_("Write at most {longest} characters.", longest=lambda: format_decimal(LONGEST, locale=spoken.locale()))
    )
