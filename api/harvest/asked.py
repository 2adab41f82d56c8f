"""What a harvester asks for, read as OAI-PMH 2.0 has it; whatever does not fit is one of the protocol's own errors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

RECORDS = ("ListIdentifiers", "ListRecords")
_ARGUMENTS = {  # required, then allowed
    "Identify": ((), ()),
    "ListMetadataFormats": ((), ("identifier",)),
    "ListSets": ((), ("resumptionToken",)),
    "GetRecord": (("identifier", "metadataPrefix"), ()),
    **dict.fromkeys(RECORDS, (("metadataPrefix",), ("from", "until", "set", "resumptionToken"))),
}
_FORMS = {
    "metadataPrefix": re.compile(r"[A-Za-z0-9\-_.!~*'()]{1,100}"),
    "set": re.compile(r"[A-Za-z0-9\-_.!~*'()]{1,100}(:[A-Za-z0-9\-_.!~*'()]{1,100}){0,9}"),
    "identifier": re.compile(r"[!#-;=?-\[\]_a-z~]{1,500}"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


class Fault(Exception):
    """One of the protocol's errors: its code and a sentence for whoever reads the harvester's log."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class Asked:
    """A question that is well formed. `until` names the last moment, `before` the first one after it."""

    verb: str
    arguments: dict[str, str]
    since: datetime | None = None
    before: datetime | None = None

    def get(self, name: str) -> str | None:
        return self.arguments.get(name)

    @property
    def token(self) -> str | None:
        return self.arguments.get("resumptionToken")


def read(pairs: Sequence[tuple[str, str]]) -> Asked:
    """The question in these names and values. Raises Fault."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise Fault("badVerb", f"One verb is needed, of {', '.join(_ARGUMENTS)}.")
    arguments: dict[str, str] = {}
    required, allowed = _ARGUMENTS[verbs[0]]
    for name, value in pairs:
        if name == "verb":
            continue
        if name not in (*required, *allowed):
            raise Fault("badArgument", f"{verbs[0]} takes no such argument as {_shown(name)}.")
        if name in arguments:
            raise Fault("badArgument", f"{name} is there more than once.")
        arguments[name] = value
    if "resumptionToken" in arguments:
        if len(arguments) > 1:
            raise Fault("badArgument", "resumptionToken stands alone, without other arguments.")
        return Asked(verbs[0], arguments)
    for name in required:
        if not arguments.get(name):
            raise Fault("badArgument", f"{verbs[0]} needs {name}.")
    for name, form in _FORMS.items():
        if name in arguments and not form.fullmatch(arguments[name]):
            raise Fault("badArgument", f"{name} is not well formed.")
    return Asked(verbs[0], arguments, *_span(arguments.get("from"), arguments.get("until")))


def _span(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    if since is not None and until is not None and len(since) != len(until):
        raise Fault("badArgument", "from and until are of different granularity.")
    first = moment("from", since)[0] if since is not None else None
    last, before = moment("until", until) if until is not None else (None, None)
    if first is not None and last is not None and first > last:
        raise Fault("badArgument", "from is later than until.")
    return first, before


def moment(name: str, said: str) -> tuple[datetime, datetime | None]:
    """When it begins, and when the next one does; None where no date is later."""
    try:
        if _DAY.fullmatch(said):
            begins, length = datetime.combine(date.fromisoformat(said), datetime.min.time(), UTC), timedelta(days=1)
        elif _SECOND.fullmatch(said):
            begins, length = datetime.fromisoformat(said), timedelta(seconds=1)
        else:
            raise ValueError
    except ValueError:
        raise Fault("badArgument", f"{name} is no date like 2026-11-22 or 2026-11-22T12:00:00Z.") from None
    try:
        return begins, begins + length
    except OverflowError:
        return begins, None


def _shown(name: str) -> str:
    return name[:40] if name.isascii() and name.isprintable() else "that"
