"""Resumption tokens: all that is needed to go on, signed, so that nothing is kept and no token can be bent."""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.harvest.asked import Fault
from api.seal import Seal
from api.shelf.harvest import Mark

LIFETIME = timedelta(days=2)
_PURPOSE = "oai resumption"
_LONGEST = 2000  # characters


@dataclass(frozen=True)
class Token:
    """What a list began with, behind which entry it goes on, and how many entries were told of how many."""

    verb: str
    arguments: dict[str, str]
    mark: Mark
    told: int
    size: int
    made_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.made_at + LIFETIME


def seal_token(seal: Seal, token: Token) -> str:
    mark = token.mark
    fields = [token.verb, token.arguments, mark.at.isoformat(), mark.title_id, mark.chapter_id]
    fields += [token.told, token.size, int(token.made_at.timestamp())]
    words = base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{words}.{seal.digest(_PURPOSE, words)}"


def open_token(seal: Seal, given: str, verb: str, now: datetime) -> Token:
    """The token, if it is one of ours, of this verb, and not too old. Raises Fault."""
    words, _, digest = given.partition(".")
    true = seal.digest(_PURPOSE, words)
    if len(given) > _LONGEST or not hmac.compare_digest(true.encode(), digest.encode(errors="replace")):
        raise Fault("badResumptionToken", "This token is not one of ours.")
    try:
        fields = json.loads(base64.urlsafe_b64decode(words + "=" * (-len(words) % 4)))
        said, arguments, at, title_id, chapter_id, told, size, made = fields
        made_at = datetime.fromtimestamp(made, UTC)
        token = Token(said, arguments, Mark(datetime.fromisoformat(at), title_id, chapter_id), told, size, made_at)
    except (ValueError, TypeError, binascii.Error):  # ours, but of a version that wrote others
        raise Fault("badResumptionToken", "This token can’t be read any more.") from None
    if token.verb != verb:
        raise Fault("badResumptionToken", f"This token is for {token.verb}.")
    if now >= token.ends_at:
        raise Fault("badResumptionToken", "This token is too old; begin the list again.")
    return token
