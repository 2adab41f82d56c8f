"""The one door: every step of the journey declares its routes behind it."""

from fastapi import APIRouter, Depends

from api.signin.reader import closed_by_default

LARGEST_BODY = 64 * 1024  # bytes; nothing here takes more than a short form, but for routes that say so


class Router(APIRouter):
    """Routes that are closed to all but readers unless marked open, and take short bodies unless they name a size."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix=prefix, dependencies=[Depends(closed_by_default)], max_body_size=LARGEST_BODY)

    def take_in(self, other: "Router") -> None:
        """The routes as they are. `include_router` makes each a second time, at the first request: 12 MiB a worker."""
        if not isinstance(other, Router):
            raise TypeError("Routes of a plain router have no door.")
        self.routes.extend(other.routes)
