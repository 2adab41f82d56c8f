"""What every page shows of the house that runs the portal."""

from dataclasses import dataclass, field

from api.edge.language import Offered


@dataclass(frozen=True)
class Logo:
    """The address of a picture, and its size in CSS pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True)
class Face:
    """The house's name, its logo if it has one, the address of a stylesheet with its colours, if it has its own,

    and the languages it speaks.
    """

    name: str = "Gatefold"
    logo: Logo | None = None
    colours: str | None = None
    offered: Offered = field(default_factory=lambda: Offered.of(None, None))
