"""The doctor's checks from outside: the clock, the way through the web server in front, and who gets at the files."""

import hashlib
import io
import secrets
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2
import sqlalchemy as sa
from sqlmodel import col

from api import clock
from api.delivery.handing import INTERNAL_FILES
from api.edge.seen import FORGED, SELF_CHECK, TRIAL, Seen, faults, mark
from api.ops.findings import Finding, House, Verdict
from api.seal import Seal
from api.settings_addresses import is_loopback
from api.signin.asking import NOT_PROVEN
from api.signin.reader import session_cookie
from api.tables import Event, Job
from storage.keys import place, staged_id
from storage.store import AddressingStore, LinkingStore, PartDigest

PATIENCE = 5.0  # seconds
APART = timedelta(seconds=5)  # two clocks that differ by more would end links and open titles at other times
AHEAD = timedelta(minutes=5)  # a row from so far in the future means that a clock has gone back


def clocks(house: House) -> Iterator[Finding]:
    """The database's clock is the portal's; a clock that has gone back is seen by rows from the future."""
    if house.database is None:
        return
    house.database.agree_on_time()
    apart = abs(clock.now() - datetime.now(UTC))
    with house.database.reading() as db:
        columns = (col(Job.finished_at), col(Event.happened_at))
        newest = [db.connection().scalar(sa.select(sa.func.max(column))) for column in columns]
    latest = max((at for at in newest if at is not None), default=None)
    if latest is not None and latest > clock.now() + AHEAD:
        words = (
            f"The records go up to {latest:%Y-%m-%d %H:%M} UTC, which is yet to come; set this machine's clock by NTP."
        )
        yield Finding("clock", Verdict.FAIL, words)
    elif apart > APART:
        words = (
            f"This machine's clock and the database's are {apart.total_seconds():.0f} seconds apart; set both by NTP."
        )
        yield Finding("clock", Verdict.WARN, f"{words} The portal goes by the database's.")
    else:
        yield Finding("clock", Verdict.OK, f"It is {clock.now():%Y-%m-%d %H:%M:%S} UTC, here and in the database.")


def front(house: House) -> Iterator[Finding]:
    """One request by the public address, as a reader's goes: whether what arrives is what was sent."""
    settings = house.settings
    name, url = session_cookie(settings), settings.public_url
    headers = {
        "authorization": mark(Seal(settings.secret_key.get_secret_value())),
        "x-forwarded-for": FORGED,
        "cookie": f"{name}={TRIAL}",
    }
    try:
        answer = _asked("GET", url + SELF_CHECK, headers)
    except httpx2.HTTPError as error:
        if NOT_PROVEN in str(error):
            words = f"This machine does not believe the certificate of {url} ({error}), and browsers won't either; "
            yield Finding("front", Verdict.FAIL, f"{words}if it is one of your own making, name it in SSL_CERT_FILE.")
            return
        words = f"Nothing could be seen, as {url} does not answer ({type(error).__name__}: {error}); "
        yield Finding("front", Verdict.WARN, f"{words}start `gatefold serve` and what stands in front of it.")
        return
    seen = _seen(answer)
    if seen is None:
        yield Finding("front", Verdict.FAIL, _no_portal(url, answer))
        return
    found = faults(seen, settings)
    words = " ".join(found) or f"Requests to {url} arrive as they are sent; this machine is counted as {seen.client}."
    yield Finding("front", Verdict.FAIL if found else Verdict.OK, words)
    yield _cookies(name, seen, answer, is_https=settings.is_https)


def _seen(answer: httpx2.Response) -> Seen | None:
    try:
        return Seen.from_json(answer.json()) if answer.status_code == HTTPStatus.OK else None
    except (ValueError, KeyError, TypeError):
        return None


def _no_portal(url: str, answer: httpx2.Response) -> str:
    if answer.status_code == HTTPStatus.MISDIRECTED_REQUEST:
        return f"The web server at {url} passes on another Host than it was asked for; let it pass on that one."
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return (
            f"What answers at {url} is no Gatefold with this secret key; look where the web server passes requests on "
            "to, and whether all of its servers have the same GATEFOLD_SECRET_KEY."
        )
    return f"{url} answers with {answer.status_code} instead of the portal; look at the web server and its log."


def _cookies(name: str, seen: Seen, answer: httpx2.Response, *, is_https: bool) -> Finding:
    wanted = {"path=/", "httponly", "samesite=lax"} | ({"secure"} if is_https else set())
    given = [each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{name}={TRIAL};")]
    said = {word.strip().lower() for each in given for word in each.split(";")}
    if name not in seen.cookies:
        words = f"The session cookie {name} does not get to the portal; let the web server pass on Cookie as it is."
        return Finding("cookies", Verdict.FAIL, words)
    if not given or not wanted <= said or any(word.startswith("domain=") for word in said):
        words = f"The session cookie {name} is changed on its way out; let the web server leave Set-Cookie as it is."
        return Finding("cookies", Verdict.FAIL, words)
    return Finding("cookies", Verdict.OK, f"{name} goes out and comes back as it is.")


def privacy(house: House) -> Iterator[Finding]:
    """A file of its own is put into the store, and then asked for as anybody can."""
    addresses = _open_addresses(house)
    probe = f"A probe of Gatefold's doctor, {secrets.token_hex(16)}; it may be deleted.".encode()
    key = hashlib.sha256(probe).hexdigest()
    if addresses is None:
        return
    house.store.put(io.BytesIO(probe), key, len(probe))
    try:
        found = [(what, _asked("GET", url)) for what, url in addresses(key)]
    except httpx2.HTTPError as error:
        words = f"It could not be tried, as there is no answer ({type(error).__name__}: {error})."
        yield Finding("privacy", Verdict.WARN, words)
        return
    finally:
        house.store.delete(key)
    shown = [what for what, answer in found if answer.is_success]
    if shown:
        words = f"Anyone can get {' and '.join(shown)} without asking the portal; {_way_to_close(house)}."
        yield Finding("privacy", Verdict.FAIL, words)
    else:
        yield Finding("privacy", Verdict.OK, "Nobody gets a file past the portal.")


def _open_addresses(house: House) -> Any:
    """From a key to the addresses at which nobody may get anything; None where files have no address at all."""
    store, settings = house.store, house.settings
    if isinstance(store, LinkingStore):
        return lambda key: tuple(zip(("a file", "the list of files"), store.bare_addresses(key), strict=True))
    if settings.storage.delivery == "x-accel":
        return lambda key: (("a file", settings.public_url + INTERNAL_FILES + "/".join(place(key))),)
    return None


def _way_to_close(house: House) -> str:
    if isinstance(house.store, LinkingStore):
        return "take every public right off the bucket and block public access to it"
    return f"the location {INTERNAL_FILES} of the web server has to be `internal`, as in docs/nginx.conf"


def uploads(house: House) -> Iterator[Finding]:
    """Whether a browser on the portal's pages may send parts to the bucket (CORS)."""
    store, url = house.store, house.settings.public_url
    if not isinstance(store, AddressingStore):
        return
    digest = "0" * (64 if store.part_digest is PartDigest.SHA256 else 32)
    part = store.part_address(staged_id(), "none", 1, 1, digest, 120)
    asked = {
        "origin": url,
        "access-control-request-method": "PUT",
        "access-control-request-headers": ",".join(sorted(name.lower() for name in part.headers)),
    }
    try:
        answer = _asked("OPTIONS", part.url, asked)
    except httpx2.HTTPError as error:
        words = f"{urlsplit(part.url).netloc} does not answer browsers ({type(error).__name__}: {error})."
        yield Finding("uploads", Verdict.WARN, words)
        return
    if not (answer.is_success and _lets_browsers(answer, asked)):
        words = f"The bucket takes nothing from pages of {url}, so editors can only send small files; "
        yield Finding("uploads", Verdict.WARN, f"{words}give it the CORS rule in docs/uploads.md.")
    else:
        yield Finding("uploads", Verdict.OK, f"Editors' browsers may send files from {url} to the bucket.")


def _lets_browsers(answer: httpx2.Response, asked: dict[str, str]) -> bool:
    """What a browser looks for before it sends: its page's origin, the method, and each header by its name."""

    def lets(what: str, wanted: str) -> bool:
        said = answer.headers.get(f"access-control-allow-{what}", "").lower()
        return said == "*" or set(wanted.lower().split(",")) <= {word.strip() for word in said.split(",")}

    return (
        lets("origin", asked["origin"])
        and lets("methods", asked["access-control-request-method"])
        and lets("headers", asked["access-control-request-headers"])
    )


def _asked(method: str, url: str, headers: dict[str, str] | None = None) -> httpx2.Response:
    trust = ssl.create_default_context() if url.startswith("https:") else False
    with httpx2.Client(
        timeout=PATIENCE, verify=trust, trust_env=not is_loopback(urlsplit(url).hostname or "")
    ) as client:
        return client.request(method, url, headers=headers)
