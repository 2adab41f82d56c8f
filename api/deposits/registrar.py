"""Crossref as it is set up here: what is sent to it, and the only place that talks to it.

It answers at once whether it has taken a file, and says later, when asked, what became of each DOI in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import httpx2

from api.formats.whom import mail_of
from api.settings import Settings
from api.settings_crossref import CrossrefSettings
from api.spoken import N_

LARGEST = 1 << 20  # bytes of any answer
LONGEST_WORDS = 300  # characters
DEPOSIT, REPORT = "/servlet/deposit", "/servlet/submissionDownload"
UNKNOWN = "unknown_submission"
FINISHED = "completed"
BUSY = N_("Crossref is busy or out of order (status {status}).")
NOT_TAKEN = N_("Crossref does not take the file (status {status}): {said}")


@dataclass(frozen=True)
class Registrar:
    """What deposits need: where this portal is, whom Crossref may write to, and the account there, if there is one."""

    public_url: str
    mail: str
    settings: CrossrefSettings

    @property
    def can_send(self) -> bool:
        return self.settings.username is not None


@dataclass(frozen=True)
class Result:
    """What became of one DOI."""

    doi: str
    status: str  # success, warning or failure
    words: str


@dataclass(frozen=True)
class Report:
    """What Crossref says about a file: its own words, and the results once it is through with it."""

    text: str
    is_finished: bool
    is_unknown: bool
    results: Sequence[Result] = ()


class NotTaken(Exception):
    """Crossref has not taken the file. `for_good`: it would not take it another time either."""

    def __init__(self, words: str, *, for_good: bool = False) -> None:
        super().__init__(words[:LONGEST_WORDS])
        self.for_good = for_good


class InDoubt(Exception):
    """It broke off, or the answer says nothing: Crossref may have taken the file, so it has to be asked first."""


class NoReport(Exception):
    """There is nothing that could be read as a report."""


def registrar_of(settings: Settings) -> Registrar:
    return Registrar(settings.public_url, settings.crossref.email or mail_of(settings), settings.crossref)


def send(registrar: Registrar, name: str, document: str) -> str:
    """Give a file to Crossref; its answer in its words. Raises NotTaken and InDoubt."""
    form = {"operation": "doMDUpload", **_account(registrar, "login_id", "login_passwd")}
    files = {"fname": (name, document.encode(), "application/xml")}
    try:
        status, text = _asked(registrar, "POST", DEPOSIT, data=form, files=files)
    except httpx2.ConnectError as error:
        raise NotTaken(N_("Crossref can’t be reached.")) from error
    except httpx2.ConnectTimeout as error:
        raise NotTaken(N_("Crossref can’t be reached: it takes too long.")) from error
    except httpx2.HTTPError as error:
        raise InDoubt(N_("The connection broke off before Crossref had answered.")) from error
    if status in (401, 403):
        raise NotTaken(
            N_("Crossref does not know the user name and password, or they may not deposit for this prefix.")
        )
    if status in (408, 425, 429) or status >= 500:
        raise NotTaken(BUSY.format(status=status))
    if not 200 <= status < 300:
        raise NotTaken(NOT_TAKEN.format(status=status, said=_plain(text)), for_good=status < 500)
    if "SUCCESS" not in text.upper():
        raise InDoubt(N_("Crossref’s answer does not say whether it has the file."))
    return text


def report_on(registrar: Registrar, name: str) -> Report:
    """Ask what became of the file of that name. Raises NoReport."""
    asked = {**_account(registrar, "usr", "pwd"), "file_name": name, "type": "result"}
    try:
        status, text = _asked(registrar, "GET", REPORT, params=asked)
    except httpx2.HTTPError as error:
        raise NoReport(N_("Crossref can’t be reached, or broke off.")) from error
    if status in (401, 403):
        raise NoReport(N_("Crossref does not know the user name and password."))
    if status == 404:
        return Report(text, is_finished=False, is_unknown=True)
    if status != 200:
        raise NoReport(BUSY.format(status=status))
    return read_report(text)


def read_report(text: str) -> Report:
    """Raises NoReport for what is none: a page for people, or one that was cut off."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NoReport(N_("Crossref’s answer is no report."))
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314 (no entities, and of limited size)
    except ElementTree.ParseError as error:
        raise NoReport(N_("Crossref’s answer is no report, or was cut off.")) from error
    if _name(root) != "doi_batch_diagnostic":
        raise NoReport(N_("Crossref’s answer is no report."))
    status = root.get("status", "")
    rows = [_result(each) for each in root if _name(each) == "record_diagnostic"]
    return Report(text, is_finished=status == FINISHED, is_unknown=status == UNKNOWN, results=tuple(rows))


def _result(row: ElementTree.Element) -> Result:
    within = {_name(each): " ".join("".join(each.itertext()).split()) for each in row}
    return Result(within.get("doi", ""), row.get("status", "").lower(), within.get("msg", "")[:LONGEST_WORDS])


def _asked(registrar: Registrar, method: str, path: str, **content: object) -> tuple[int, str]:
    """Status and text of the answer, read up to a limit and over no redirect."""
    settings = registrar.settings
    with (
        httpx2.Client(timeout=settings.timeout, follow_redirects=False, trust_env=False) as client,
        client.stream(method, settings.address + path, headers={"accept-encoding": "identity"}, **content) as answer,  # type: ignore[arg-type]
    ):
        body = b""
        for piece in answer.iter_raw():
            body += piece
            if len(body) > LARGEST:
                raise httpx2.ReadError("the answer is too large")
        return answer.status_code, body.decode(errors="replace").replace("\x00", "")


def _account(registrar: Registrar, user: str, word: str) -> dict[str, str]:
    settings = registrar.settings
    assert settings.username is not None
    assert settings.password is not None
    return {user: settings.username, word: settings.password.get_secret_value()}


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
