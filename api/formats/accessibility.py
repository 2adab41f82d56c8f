"""The accessibility of a title's file in plain words and in the words of schema.org. What is not known is unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from babel.dates import format_date

from api.formats.accessible import NOTHING_SAID, Pictures, Said, Seen
from api.formats.record import ContentsLine, TitleRecord
from api.spoken import N_, locale
from api.tables import State

MOSTLY = 0.9  # of the pages looked at
UNKNOWN = "unknown"
NOT_KNOWN = N_("How accessible this file is has not been checked.")


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


def accessibility_of(record: TitleRecord, chapter: ContentsLine | None = None) -> Accessibility | None:
    """What is known of the file that readers are handed; None where there is none.

    For a chapter that is its own file, of which the press has said nothing; where it has none, the file of the whole.
    """
    if record.edition is None or record.state is State.WITHDRAWN:
        return None
    seen, said = record.edition.seen, record.said
    if chapter is not None and chapter.file is not None:
        seen, said = chapter.file.seen, NOTHING_SAID
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
            yield fact(N_("The text can be read aloud, searched and copied."))
        elif seen.text_share > 0:
            yield fact(N_("Some pages are pictures of text, which can’t be read aloud."))
        else:
            yield fact(N_("The pages are pictures of text, which can’t be read aloud."))
    if seen.tagged:
        yield fact(
            N_("The file is tagged: programs can tell headings, paragraphs and pictures apart."), feature="taggedPDF"
        )
    else:
        yield fact(N_("The file is not tagged: a program that reads aloud has to guess the order."))
    if seen.bookmarks:
        yield fact(N_("Bookmarks lead to its parts."), feature="bookmarks")
    if seen.language:
        yield fact(N_("It says which language it is in."))
    if seen.title_shown:
        yield fact(N_("It shows its title, not its file name."))
    if seen.figures:
        all_described = seen.figures_described == seen.figures
        feature = "alternativeText" if all_described else None
        yield fact(_of_figures(seen.figures_described, seen.figures), feature=feature)
    if seen.pdf_ua is not None:
        yield fact(N_("The file says that it follows PDF/UA-{part}; nobody here has checked that.", part=seen.pdf_ua))
    yield fact(N_("No protection keeps assistive technology out."), feature="unlocked")


def _of_press(said: Said) -> Iterator[Fact]:
    fact = partial(Fact, source=Source.PRESS)
    match said.pictures:
        case Pictures.NONE:
            yield fact(N_("There are no pictures that carry meaning."))
        case Pictures.DESCRIBED:
            yield fact(N_("Pictures are described in words."), feature="alternativeText")
        case Pictures.NOT_DESCRIBED:
            yield fact(N_("Pictures are not described in words."))
    if said.reading_order:
        yield fact(N_("The reading order was gone through and found right."), feature="readingOrder")
    if said.no_hazards:
        yield fact(N_("Nothing in it flashes, moves or makes a sound."))
    if said.assessed_by or said.assessed_on:
        yield fact(_assessed(said))
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


def _of_figures(described: int, all_of_them: int) -> str:
    if described == all_of_them:
        return N_("Every picture that the file marks has words in its place.")
    return N_(
        "{n} of {all} pictures that the file marks has words in its place.",
        "{n} of {all} pictures that the file marks have words in its place.",
        n=described,
        all=all_of_them,
    )


def _assessed(said: Said) -> str:
    day = partial(_day, said.assessed_on)
    if said.assessed_by and said.assessed_on:
        return N_("Assessed by {name} on {day}.", name=said.assessed_by, day=day)
    if said.assessed_by:
        return N_("Assessed by {name}.", name=said.assessed_by)
    return N_("Assessed on {day}.", day=day)


def _day(written: str) -> str:
    return format_date(date.fromisoformat(written), "long", locale())
