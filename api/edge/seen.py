"""What reaches the portal of a request that came through the web server in front, and what is wrong with it."""

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from api import clock
from api.edge.network import FORWARDED_BY
from api.seal import Seal
from api.settings import Settings
from api.settings_addresses import is_loopback
from api.spoken import N_

MARK = "doctor"  # the scheme of the header by which the doctor says that it has the portal's secret key
SELF_CHECK = "/self-check"
TRIAL = "trial"  # the value of a cookie that is set to see whether it comes through; no session is called so
FORGED = "198.51.100.77"  # an address for examples (RFC 5737), which nobody asks from
STEP = 60  # seconds that a mark is good for, and as many again


@dataclass(frozen=True)
class Seen:
    """One request as the portal has it. `peer` is who connected, `client` whom the limits count.

    `is_forwarded` says that headers came which name another client, `is_trusted` that the peer's are believed.
    `cookies` are names only.
    """

    host: str
    scheme: str
    peer: str
    client: str
    is_forwarded: bool
    is_trusted: bool
    cookies: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> "Seen":
        client = request.client.host if request.client is not None else ""
        peer, is_trusted = request.scope.get(FORWARDED_BY, (client, False))
        return cls(
            host=request.headers.get("host", ""),
            scheme=request.scope["scheme"],
            peer=peer,
            client=client,
            is_forwarded=FORWARDED_BY in request.scope,
            is_trusted=is_trusted,
            cookies=tuple(request.cookies),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Seen":
        return cls(**{**given, "cookies": tuple(given["cookies"])})


def faults(seen: Seen, settings: Settings) -> list[str]:
    """What the web server in front does wrong, each in a sentence that says what to mend."""
    given = urlsplit(settings.public_url)
    found: list[str] = []
    if seen.host.lower() != given.netloc.lower():
        found.append(
            N_(
                "The portal is asked for as {host}; let the web server pass on the Host it was asked for.",
                host=seen.host,
            )
        )
    if seen.scheme != given.scheme:
        found.append(
            N_(
                "The portal takes requests for {taken}, its address is {scheme}; let the web server set "
                "X-Forwarded-Proto, and name its network in GATEFOLD_TRUSTED_PROXIES.",
                taken=seen.scheme,
                scheme=given.scheme,
            )
        )
    if seen.client == FORGED:
        found.append(
            N_(
                "Anyone can choose the address they are counted by; let the web server overwrite X-Forwarded-For "
                "instead of adding to it, or name only its own network in GATEFOLD_TRUSTED_PROXIES."
            )
        )
    elif seen.is_forwarded and not seen.is_trusted and not is_loopback(given.hostname or ""):
        found.append(
            N_(
                "Readers who come through {peer} count as one; put that address into GATEFOLD_TRUSTED_PROXIES if it "
                "is the web server's, and let that set X-Forwarded-For.",
                peer=seen.peer,
            )
        )
    return found


def mark(seal: Seal) -> str:
    """What the doctor shows in `Authorization`; good for a minute or two."""
    return f"{MARK} {seal.digest('self-check', str(_step()))}"


def is_marked(seal: Seal, shown: str) -> bool:
    steps = (_step(), _step() - 1)
    marks = [f"{MARK} {seal.digest('self-check', str(step))}".encode() for step in steps]
    return any(hmac.compare_digest(shown.encode(), mark) for mark in marks)


def _step() -> int:
    return int(clock.now().timestamp()) // STEP
