"""Why a file was refused, as the intake keeps it in English, said in the language that is spoken now."""

import re

from api.intake.pdf import TOO_LATE, TOO_MUCH_WORK, holding
from api.intake.pipeline import BROKEN_OFF, NOT_WHOLE
from api.spoken import Said, gettext

_WITH_VALUES = (TOO_LATE, TOO_MUCH_WORK, BROKEN_OFF, NOT_WHOLE)
_NAME = re.compile(r"\((\w+)\)")


def why_refused(reason: str) -> str:
    """The reason once more; as it was kept where nobody knows it any more."""
    active = holding(_NAME.findall(reason))
    if active == reason:
        return active
    for sentence in _WITH_VALUES:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>\\d+)", re.escape(sentence))
        if found := re.fullmatch(pattern, reason):
            return Said(sentence, **found.groupdict())
    return gettext(reason)
