"""Links bent letter by letter, paths bent in every way a server may read them: one and the same nothing."""

import http.client
from string import ascii_letters, digits
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.attacks.readers import callers, hand_ticket
from tests.cast import CLEO
from tests.make import Made, shelve
from tests.site import Site

ALPHABET = ascii_letters + digits + "-_"
OF_THE_MOMENT = {"date", "x-request-id", "request-id", "server-timing"}


@pytest.fixture
def link(site: Site) -> str:
    return hand_ticket(site, shelve(site), callers(site)[CLEO].user_id or 0)


def likeness(answer: httpx2.Response) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """All of an answer that may not tell one bent link from another."""
    headers = ((name, value) for name, value in answer.headers.items() if name not in OF_THE_MOMENT)
    return answer.status_code, answer.content, tuple(sorted(headers))


def bent(secret: str) -> list[str]:
    """Each position changed, left out, doubled; shortened and lengthened; read by other rules of the same letters."""
    found = []
    for i, letter in enumerate(secret):
        other = ALPHABET[(ALPHABET.index(letter) + 1) % len(ALPHABET)]
        found += [secret[:i] + other + secret[i + 1 :], secret[:i] + secret[i + 1 :], secret[:i] + letter + secret[i:]]
    found += [secret[:n] for n in range(1, len(secret), 7)]
    found += [secret + tail for tail in ("A", "=", "==", "%3D", "%00", "%20", ".", ";", "%0a", "\u00e9")]
    found += [secret.swapcase(), secret[::-1], secret + secret, f"%20{secret}", f"{secret[:9]}%00{secret[9:]}"]
    found += ["A" * 43, "x", "..%2e", "null", "0", "A" * 2000, "%ff%fe", "'%20OR%201=1--"]
    return [word for word in dict.fromkeys(found) if word != secret]


@pytest.mark.parametrize("kind", ["browser", "program"])
def test_every_bent_secret_is_the_same_404(site: Site, link: str, kind: str) -> None:
    client = getattr(site, kind)()
    _, _, secret, filename = link.split("/")
    nothing = likeness(client.get(f"/t/{'B' * 43}/{filename}"))
    assert nothing[0] == 404
    told_apart = [word for word in bent(secret) if likeness(client.get(f"/t/{word}/{filename}")) != nothing]
    assert told_apart == []
    assert client.get(link).status_code == 200


def test_a_right_secret_with_another_name_is_the_same_404(site: Site, link: str) -> None:
    client = site.program()
    shelve(site, "another")
    _, _, secret, filename = link.split("/")
    nothing = likeness(client.get(f"/t/{'B' * 43}/{filename}"))
    names = [
        "another.pdf",
        "no-such.pdf",
        filename.upper(),
        filename[:-4],
        f"{filename}.pdf",
        f"{filename}%00",
        "x.epub",
    ]
    names += [f"%2e%2e%2f{filename}", f"{filename};v=1", f" {filename}", "%20", filename.replace("-", "%2D%2D")]
    for name in names:
        assert likeness(client.get(f"/t/{secret}/{name}")) == nothing, name


def raw(site: Site, path: str, method: str = "GET", cookie: str = "") -> tuple[int, bytes]:
    """A request whose path goes out exactly as it is written."""
    parts = urlsplit(site.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", parts.netloc)
        if cookie:
            connection.putheader("Cookie", cookie)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


TRICKS = [
    "/reports/secret%2Epdf",
    "/reports/secret.pdf/",
    "/reports/secret.pdf%00",
    "/reports/secret.pdf%00.html",
    "/reports/secret.pdf;a=b",
    "/reports/secret.pdf%3Bx",
    "/reports/secret.pdf%2f",
    "/reports/secret.pdf%20",
    "/reports/secret.pdf%0d%0aX:y",
    "/reports/secret.pdf.",
    "/reports/secret.PDF",
    "/reports/SECRET.pdf",
    "/reports/./secret.pdf",
    "/reports//secret.pdf",
    "//reports/secret.pdf",
    "/./reports/secret.pdf",
    "/x/../reports/secret.pdf",
    "/%2e/reports/secret.pdf",
    "/reports/x%2f..%2fsecret.pdf",
    "/reports/..%2freports%2fsecret.pdf",
    "/reports%2fsecret.pdf",
    "/reports%5csecret.pdf",
    "/papers/secret.pdf",
    "/books/mono/secret.pdf",
    "/books/edited/secret.pdf",
    "/reports/secret.pdf?get=pdf",
    "/reports/secret.pdf?state=published&rule=everyone",
    "/reports/s%65cret.pdf",
    "/reports/%73ecret.pdf",
    "/static/..%2f..%2ffiles",
    "/static/%2e%2e/%2e%2e/api/settings.py",
    "/static/..%5c..%5capi",
    "/static//etc/passwd",
    "/t/../reports/secret.pdf",
    "/t/%2e%2e/secret.pdf",
    "/t//secret.pdf",
    "/t/secret.pdf",
    "/t/a/b/secret.pdf",
    "/t/%00/secret.pdf",
    "/t/%C0%AE%C0%AE/secret.pdf",
]


@pytest.mark.parametrize("state", ["listed", "draft"])
def test_no_bent_path_leads_to_the_bytes(site: Site, state: str) -> None:
    from api.tables import RuleKind, State

    made = shelve(
        site,
        "secret",
        rules=[RuleKind.LISTED] if state == "listed" else [RuleKind.EVERYONE],
        state=State.PUBLISHED if state == "listed" else State.DRAFT,
    )
    cleo = f"gatefold={callers(site)[CLEO].cookie}"
    expected = {400, 401, 403, 404} if state == "listed" else {400, 404}
    for path in TRICKS:
        for cookie in ("", cleo):
            status, body = raw(site, path, cookie=cookie)
            assert status in expected, (path, status)
            assert holds_nothing(body, made), path


def holds_nothing(body: bytes, made: Made) -> bool:
    return b"%PDF" not in body and made.file is not None and made.file[:64] not in body
