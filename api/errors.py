"""What can be refused, in the portal's own terms. `edge/problems.py` turns each into an HTTP answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

NO_MEMBERS: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):
    """An expected failure.

    `message` is a sentence for the person who asked, `heading` its short form where the common one for this
    kind of refusal says too little, and `way_on` the path of the page that helps, with the words of its link.
    `members` say the same to a program, by name.
    """

    def __init__(
        self,
        message: str = "",
        *,
        heading: str = "",
        way_on: tuple[str, str] | None = None,
        members: Mapping[str, str] = NO_MEMBERS,
    ) -> None:
        super().__init__(message or heading)
        self.message = message
        self.heading = heading
        self.way_on = way_on
        self.members = members


class NotFound(Refusal):
    """There is nothing here for this reader; a draft and an unknown address look the same."""


class Moved(NotFound):
    """It stands somewhere else now: what began with the path `old` begins with `new`."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self.old = old
        self.new = new


class SignInNeeded(Refusal):
    """The reader is not known yet, and knowing them could help."""


class KeyRefused(SignInNeeded):
    """An access key was shown that is none, or none any more. Whoever shows one is never taken for nobody."""


class SignInAgain(Refusal):
    """The reader is known, but not well enough for this; they come back to `next_path` after a fresh sign-in."""

    def __init__(self, next_path: str, message: str = "") -> None:
        super().__init__(message)
        self.next_path = next_path


class TermsNeeded(Refusal):
    """The reader is admitted, and has the terms of use still to accept; they come back to `next_path` after that."""

    def __init__(self, next_path: str) -> None:
        super().__init__(members={"reason": "terms-not-accepted", "next_step": "accept-terms"})
        self.next_path = next_path


class Denied(Refusal):
    """The reader is known and not admitted."""


class Gone(Refusal):
    """It was here and has ended: a used-up link, a withdrawn title."""


class Conflict(Refusal):
    """It can't be done in the state things are in."""


class Invalid(Refusal):
    """What was given is not usable, and the message says why."""


class NotOffered(Refusal):
    """It is here, but in none of the forms that were asked for."""


class TooLarge(Refusal):
    """It is more than is taken here."""


class TooMany(Refusal):
    """It was done as often as `limit` (its name) lets it be; from `until` on it may be done again.

    `facts` say so in figures, each with its term.
    """

    def __init__(
        self,
        message: str,
        *,
        heading: str,
        limit: str,
        until: datetime,
        facts: Sequence[tuple[str, str]],
        way_on: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message, heading=heading, way_on=way_on)
        self.limit = limit
        self.until = until
        self.facts = facts


class Unready(Refusal):
    """It is allowed, and can't be done at this moment; trying again may help."""


class SignInFailed(Refusal):
    """A provider or a callback did not hold up. `code` names the reason in the log, never on the page."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code = code
