"""What a file of records turned out to have in it: one draft after the other, or why there is none."""

from dataclasses import dataclass, field

from api.shelf.drafts import FACTS, LISTS, TitleDraft
from api.shelf.record_rules import Fault

EVERYTHING = frozenset((*FACTS, *LISTS))


@dataclass(frozen=True)
class Found:
    """One record: where it stands in the file, what was read, and what was left out or guessed (`notes`).

    `said` names the fields that the file speaks of: on a title that is here already, the others stay as they are.
    With `adds`, rows of its lists of names, subjects and wordings join those that are there. `has_slug` is whether the
    file itself gives the address. Where `draft` is None, `faults` say why.
    """

    where: str
    draft: TitleDraft | None = None
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    said: frozenset[str] = field(default=EVERYTHING)
    adds: bool = False
    has_slug: bool = True
