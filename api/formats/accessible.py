"""How accessible a file is: what was seen in it, and what the press says of it. Neither is a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.formats.pdf_facts import facts_of

LONGEST_SUMMARY = 1000  # characters
LONGEST_NAME = 120


class Pictures(StrEnum):
    """What the press says of the pictures in a file."""

    NONE = "none"
    DESCRIBED = "described"
    NOT_DESCRIBED = "not-described"


@dataclass(frozen=True)
class Seen:
    """What the intake saw in the file of an edition. `text_share` is None where no page could be looked at."""

    tagged: bool = False
    language: str = ""
    title_shown: bool = False
    bookmarks: bool = False
    text_share: float | None = None
    figures: int = 0
    figures_described: int = 0
    pdf_ua: int | None = None  # the part of PDF/UA that the file claims to follow


@dataclass(frozen=True)
class Said:
    """What the press says of a title's file, which no program can see."""

    summary: str = ""
    pictures: Pictures | None = None
    no_hazards: bool = False  # nothing flashes, moves or sounds
    reading_order: bool = False  # gone through and found right
    assessed_by: str = ""
    assessed_on: str = ""  # 2026-11-22


NOTHING_SAID = Said()


def seen_of(kept: Mapping[str, Any] | None) -> Seen | None:
    """The part of a file's facts that bears on accessibility; None for a file that came before they were kept."""
    if kept is None:
        return None
    facts = facts_of({**kept, "labels": (), "bookmarks": ()})
    assert facts is not None
    of_file = facts.accessibility
    return Seen(
        tagged=of_file.tagged,
        language=of_file.language,
        title_shown=of_file.title_shown,
        bookmarks=bool(kept.get("bookmarks")),
        text_share=facts.text_share,
        figures=of_file.figures,
        figures_described=of_file.figures_described,
        pdf_ua=of_file.pdf_ua,
    )


def said_of(kept: Mapping[str, Any] | None) -> Said:
    """What a title's row holds of what the press says."""
    if not kept:
        return NOTHING_SAID
    pictures = kept.get("pictures")
    return Said(**{**kept, "pictures": Pictures(pictures) if pictures else None})
