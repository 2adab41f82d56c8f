"""The accessibility of a title's file in plain words and in the words of schema.org. What is not known is unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from api.formats.accessible import NOTHING_SAID, Pictures, Said, Seen
from api.formats.record import TitleRecord
from api.tables import State

MOSTLY = 0.9  # of the pages looked at
UNKNOWN = "unknown"
NOT_KNOWN = "How accessible this file is has not been checked."


class Source(StrEnum):
    """Who says so."""

    FILE = "file"  # it was read from the file
    PRESS = "press"


@dataclass(frozen=True)
class Fact:
    """One thing that is known, in a sentence. `feature` is its name in schema.org where it is good to have."""

    words: str
    source: Source
    feature: str | None = None


@dataclass(frozen=True)
class Accessibility:
    """All that is known of a file. Lists are empty where nothing is known."""

    facts: tuple[Fact, ...]
    features: tuple[str, ...]
    modes: tuple[str, ...]
    is_enough_as_text: bool  # all of it can be had without seeing
    has_no_hazards: bool
    said: Said

    @property
    def is_known(self) -> bool:
        return bool(self.facts)

    @property
    def summary(self) -> str:
        """In one paragraph: the press's own words, else what was read from the file."""
        return self.said.summary or " ".join(fact.words for fact in self.facts) or NOT_KNOWN


def accessibility_of(record: TitleRecord) -> Accessibility | None:
    """What is known of the file that readers are handed; None where there is none."""
    if record.edition is None or record.state is State.WITHDRAWN:
        return None
    seen, said = record.edition.seen, record.said
    facts = (*(_of_file(seen) if seen is not None else ()), *_of_press(said))
    modes = _modes(seen, said)
    is_enough = "textual" in modes and said.pictures in (Pictures.NONE, Pictures.DESCRIBED)
    features = tuple(dict.fromkeys(fact.feature for fact in facts if fact.feature))
    return Accessibility(facts, features, modes, is_enough, said.no_hazards, said)


def in_schema_org(known: Accessibility) -> dict[str, Any]:
    """The properties of a CreativeWork."""
    return {
        "accessMode": list(known.modes),
        "accessModeSufficient": [{"@type": "ItemList", "itemListElement": ["textual"]}] * known.is_enough_as_text,
        "accessibilityFeature": list(known.features) or [UNKNOWN],
        "accessibilityHazard": ["none"] if known.has_no_hazards else [UNKNOWN],
        "accessibilitySummary": known.summary,
    }


def in_readium(known: Accessibility) -> dict[str, Any]:
    """The accessibility object of a Readium manifest, which OPDS 2 has too."""
    found: dict[str, Any] = {
        "accessMode": list(known.modes),
        "accessModeSufficient": [["textual"]] * known.is_enough_as_text,
        "feature": list(known.features) or [UNKNOWN],
        "hazard": ["none"] if known.has_no_hazards else [UNKNOWN],
        "summary": known.summary,
        "certification": {"certifiedBy": known.said.assessed_by} if known.said.assessed_by else None,
    }
    return {name: value for name, value in found.items() if value}


def _of_file(seen: Seen) -> Iterator[Fact]:
    fact = partial(Fact, source=Source.FILE)
    if seen.text_share is not None:
        if seen.text_share >= MOSTLY:
            yield fact("The text can be read aloud, searched and copied.")
        elif seen.text_share > 0:
            yield fact("Some pages are pictures of text, which can’t be read aloud.")
        else:
            yield fact("The pages are pictures of text, which can’t be read aloud.")
    if seen.tagged:
        yield fact(
            "The file is tagged: programs can tell headings, paragraphs and pictures apart.", feature="taggedPDF"
        )
    else:
        yield fact("The file is not tagged: a program that reads aloud has to guess the order.")
    if seen.bookmarks:
        yield fact("Bookmarks lead to its parts.", feature="bookmarks")
    if seen.language:
        yield fact("It says which language it is in.")
    if seen.title_shown:
        yield fact("It shows its title, not its file name.")
    if seen.figures:
        all_described = seen.figures_described == seen.figures
        words = "Every picture" if all_described else f"{seen.figures_described} of {seen.figures} pictures"
        have = "has" if all_described or seen.figures_described == 1 else "have"
        feature = "alternativeText" if all_described else None
        yield fact(f"{words} that the file marks {have} words in its place.", feature=feature)
    if seen.pdf_ua is not None:
        yield fact(f"The file says that it follows PDF/UA-{seen.pdf_ua}; nobody here has checked that.")
    yield fact("No protection keeps assistive technology out.", feature="unlocked")


def _of_press(said: Said) -> Iterator[Fact]:
    fact = partial(Fact, source=Source.PRESS)
    match said.pictures:
        case Pictures.NONE:
            yield fact("There are no pictures that carry meaning.")
        case Pictures.DESCRIBED:
            yield fact("Pictures are described in words.", feature="alternativeText")
        case Pictures.NOT_DESCRIBED:
            yield fact("Pictures are not described in words.")
    if said.reading_order:
        yield fact("The reading order was gone through and found right.", feature="readingOrder")
    if said.no_hazards:
        yield fact("Nothing in it flashes, moves or makes a sound.")
    if said.assessed_by or said.assessed_on:
        on = f" on {_day(said.assessed_on)}" if said.assessed_on else ""
        yield fact(f"Assessed{f' by {said.assessed_by}' if said.assessed_by else ''}{on}.")
    if said != NOTHING_SAID and said.summary:
        yield fact(said.summary)


def _modes(seen: Seen | None, said: Said) -> tuple[str, ...]:
    if seen is None or seen.text_share is None:
        return ()
    is_text = seen.text_share >= MOSTLY
    modes = ["textual"] if is_text else ["textOnVisual"]
    if not is_text or seen.figures or said.pictures in (Pictures.DESCRIBED, Pictures.NOT_DESCRIBED):
        modes.append("visual")
    return tuple(modes)


def _day(written: str) -> str:
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"
