"""A server that takes deposits and reports on them as Crossref does, and goes wrong as it is told to."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "press@press.example/press", "hush-hush"
TAKEN = "<html><head><title>SUCCESS</title></head><body><h2>SUCCESS</h2><p>Your batch was received.</p></body></html>"
SORRY = "<!DOCTYPE html><html><body>We are back soon.</body></html>"


@dataclass
class Crossref:
    """`deposits` and `reports` are what goes wrong next: a status, or `slow`, `html`, `cut`, `lost`, `failure`…"""

    url: str = ""
    files: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    deposits: list[int | str] = field(default_factory=list)
    reports: list[int | str] = field(default_factory=list)
    has_read: threading.Event = field(default_factory=threading.Event)  # a file that is `slow` or `lost`
    let_go: threading.Event = field(default_factory=threading.Event)  # until then it says nothing to those
    meanwhile: Callable[[], object] = lambda: None  # what else happens while it takes a file


def report(name: str, document: str, fault: str = "") -> str:
    rows = "".join(
        f'<record_diagnostic status="{"Failure" if fault else "Success"}"><doi>{doi}</doi>'
        f"<msg>{fault or 'Successfully added'}</msg></record_diagnostic>"
        for doi in re.findall(r"<doi>([^<]+)</doi>", document)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><doi_batch_diagnostic status="completed" sp="cs1">'
        f"<submission_id>141</submission_id><batch_id>{name}</batch_id>{rows}</doi_batch_diagnostic>"
    )


@contextmanager
def serving() -> Iterator[Crossref]:
    crossref = Crossref()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["content-length"])).decode()
            fields = dict(re.findall(r'name="([^"]+)"\r\n\r\n([^\r]*)\r\n', said))
            wrong = crossref.deposits.pop(0) if crossref.deposits else ""
            found = re.search(r'name="fname"; filename="([^"]+)".*?\r\n\r\n(.*)\r\n--', said, re.DOTALL)
            assert found is not None
            assert self.path == "/servlet/deposit"
            assert fields["operation"] == "doMDUpload"
            if (fields["login_id"], fields["login_passwd"]) != (USER, PASSWORD):
                return self._say(401, SORRY)
            if isinstance(wrong, int):
                return self._say(wrong, SORRY)
            crossref.meanwhile()
            if wrong != "lost":
                crossref.files[found[1]] = found[2]
            if wrong in ("slow", "lost"):
                crossref.has_read.set()
                crossref.let_go.wait()
            self._say(200, SORRY if wrong == "html" else TAKEN, is_cut=wrong == "cut")

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            crossref.asked.append(asked["file_name"])
            if (asked["usr"], asked["pwd"], asked["type"]) != (USER, PASSWORD, "result"):
                return self._say(401, SORRY)
            wrong = crossref.reports.pop(0) if crossref.reports else ""
            if isinstance(wrong, int):
                return self._say(wrong, SORRY)
            document = crossref.files.get(asked["file_name"])
            if document is None or wrong == "unknown":
                return self._say(200, '<doi_batch_diagnostic status="unknown_submission"/>')
            if wrong == "queued":
                return self._say(200, '<doi_batch_diagnostic status="queued"/>')
            if wrong == "html":
                return self._say(200, SORRY)
            whole = report(asked["file_name"], document, wrong if wrong != "cut" else "")
            self._say(200, whole[:150] if wrong == "cut" else whole)

        def _say(self, status: int, text: str, *, is_cut: bool = False) -> None:
            try:
                self.send_response(status)
                body = text.encode()
                self.send_header("content-length", str(len(body) + (100 if is_cut else 0)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the portal has given up waiting

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    crossref.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield crossref
    finally:
        server.shutdown()
        server.server_close()
