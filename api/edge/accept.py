"""What an Accept header asks for (RFC 9110, section 12.5.1): the best of the media types that are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_RANGES = 32  # a longer header is read up to here


@dataclass(frozen=True)
class Range:
    """One part of the header: a media type or a range of them, how much it is wanted, and its parameters."""

    media_type: str
    quality: float
    parameters: Mapping[str, str] = field(default_factory=dict)

    def closeness(self, offered: str) -> int:
        """How closely it names what is offered: 3 by its name, 2 as text/*, 1 as */*, 0 not at all."""
        if self.media_type == offered:
            return 3
        if self.media_type == f"{offered.partition('/')[0]}/*":
            return 2
        return int(self.media_type == "*/*")


def best(accept: str, offered: Sequence[str]) -> Range | None:
    """The offer that is wanted most, as a range with its parameters; None where nothing offered is wanted.

    Of two that are wanted alike, the one that is named more closely wins, then the one offered first.
    """
    if not accept.strip():
        return Range(offered[0], 1.0)
    ranges = [_range(part) for part in accept.split(",")[:MOST_RANGES]]
    found: tuple[float, int, Range] | None = None
    for media_type in offered:
        closest = max(ranges, key=lambda each: each.closeness(media_type))
        closeness = closest.closeness(media_type)
        if closeness and closest.quality > 0 and (found is None or (closest.quality, closeness) > found[:2]):
            found = closest.quality, closeness, Range(media_type, closest.quality, closest.parameters)
    return found[2] if found else None


def _range(part: str) -> Range:
    media_type, *rest = (piece.strip() for piece in part.split(";"))
    pairs = (piece.partition("=") for piece in rest)
    parameters = {name.strip().lower(): value.strip().strip('"').lower() for name, _, value in pairs}
    return Range(media_type.lower(), _quality(parameters.pop("q", "1")), parameters)


def _quality(value: str) -> float:
    """Between 0 and 1; what is no number is taken for 1."""
    try:
        quality = float(value)
    except ValueError:
        return 1.0
    return min(1.0, max(0.0, quality)) if quality == quality else 1.0
