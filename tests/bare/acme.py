"""An authority that speaks ACME (Pebble), as if it ran on the bare server, which believes it."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bare.server import Server
from tests.mailserver import make_certificates

PORT, MANAGEMENT, NAMES = 14000, 15000, 8053
# What certbot would else ask for, so that the guide's command can stand as it is.
ANSWERS = f"""server = https://localhost:{PORT}/dir
agree-tos = true
register-unsafely-without-email = true
non-interactive = true
"""


class NoAuthority(Exception):
    """This machine has none; the message says why."""


@contextmanager
def authority(server: Server) -> Iterator[None]:
    missing = [program for program in ("pebble", "pebble-challtestsrv") if shutil.which(program) is None]
    if missing:
        raise NoAuthority("there is no Pebble here (apt-get install pebble)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_certificates(folder)
        said = {
            "listenAddress": f"127.0.0.1:{PORT}",
            "managementListenAddress": f"127.0.0.1:{MANAGEMENT}",
            "certificate": str(folder / "server.pem"),
            "privateKey": str(folder / "server.pem"),
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": said}))
        names = ["pebble-challtestsrv", "-defaultIPv6", "", "-dns01", f"127.0.0.1:{NAMES}"]
        names += [word for flag in ("http01", "https01", "tlsalpn01") for word in (f"-{flag}", "")]
        pebble = ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{NAMES}"]
        for command in (names, ["env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", *pebble]):
            inside = server.inside(*command, only="--net")
            process = subprocess.Popen(inside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        believe(server, "pebble-itself", (folder / "ca.pem").read_text())
        place = server.root / "root/.config/letsencrypt"
        place.mkdir(parents=True, exist_ok=True)
        (place / "cli.ini").write_text(ANSWERS)
        until = time.monotonic() + 20
        while (answer := server.run(f"curl -fsS https://localhost:{MANAGEMENT}/roots/0")).failed:
            if time.monotonic() > until:
                raise NoAuthority(f"Pebble does not answer: {answer.said[-300:]}")
            time.sleep(0.2)
        believe(server, "pebble-root", answer.said)
        yield


def believe(server: Server, name: str, certificate: str) -> None:
    place = server.root / "usr/local/share/ca-certificates"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.crt").write_text(certificate)
    server.run("update-ca-certificates")
