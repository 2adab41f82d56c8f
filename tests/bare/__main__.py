"""docs/operating.md followed word for word on a bare Debian server with systemd: `make bare` (BARE=trixie for 13).

What is committed is installed; of the guide's blocks only the git address is filled in. The server is thrown away.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from api.seal import new_secret
from tests.bare.acme import NoAuthority, authority
from tests.bare.server import CannotBoot, Server, made
from tests.bare.walk import Stumble, Walk
from tests.make import pdf
from tests.providers.conftest import installed

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PORTAL, CURL = "https://books.example.org", "curl -sS --cacert /etc/ssl/gatefold/believed.pem"
SLUG = "rivers-of-paper"
RECORD = f"""slug = "{SLUG}"
title = "Rivers of Paper"
full_title = "Rivers of Paper"
kind = "edited volume"
language = "en"
abstract = "How paper came down the rivers."
publisher = "Example Press"
year = 2026
[[editors]]
given = "Ada"
family = "Sample"
"""
PATH = f"/books/edited/{SLUG}"
PROVIDER_PORT = 9100
IGNORED = ("providers", "administrators")  # what the doctor misses until the guide's reader comes to it
NEWER = "<!-- a newer version -->"
OUTSIDE = ("/srv/gatefold/x", "/etc/gatefold/x", "/etc/ssl/gatefold/x", "/usr/x", "/home/x", "/var/cache/x", "/run/x")


def main(release: str = "bookworm") -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gatefold-bare-")))
        try:
            server = made(release, ROOT / "var" / "bare", folder)
            stack.callback(server.close)
            server.boot()
        except CannotBoot as reason:
            print(f"This machine can't run a bare Debian {release}: {reason}", file=sys.stderr)
            return 2
        brought(server)
        walk = Walk(server, committed("docs/operating.md"))
        try:
            walk_on(walk, stack)
        except Stumble as stumble:
            print(f"STUMBLED over {stumble}", file=sys.stderr)
            return 1
    return 0


def walk_on(walk: Walk, stack: ExitStack) -> None:
    begun = time.monotonic()
    for number in range(1, 7):
        walk.step(f"{number}.")
    walk.step("7.")
    walk.see(
        "a page over HTTP/2 with TLS",
        f"{CURL} -o /dev/null -w '%{{http_version}} %{{http_code}}' {PORTAL}/",
        "2 200".__eq__,
    )
    print(f"from apt-get to the first page: {time.monotonic() - begun:.0f} seconds", flush=True)
    before_readers(walk)
    with_a_reader(walk, stack)
    with_a_real_certificate(walk, stack)
    with_a_backup(walk)
    when_things_end(walk)


def before_readers(walk: Walk) -> None:
    walk.doctor(" but what is not set up yet", but=IGNORED)
    headers = f"{CURL} -D - -o /dev/null"
    walk.see(
        "the second one is from nginx's memory",
        f"{headers} {PORTAL}/; {headers} {PORTAL}/",
        lambda said: "x-cache-status: HIT" in said,
    )
    walk.see(
        "pages are led on to TLS",
        f"{headers} 'http://books.example.org/a?b'",
        lambda said: "301" in said and f"{PORTAL}/a?b" in said,
    )
    walk.see("programs are not", f"{headers} http://books.example.org/api/v1/titles", lambda said: " 403 " in said)
    walk.see(
        "it is there by IPv6",
        f"{headers} -g -k -H 'Host: books.example.org' 'https://[::1]/'",
        lambda said: "HTTP/2 200" in said,
    )
    walk.see("systemd knows of no trouble", "systemctl is-system-running", lambda said: said.strip() == "running")
    walk.see("nginx wrote down no reader", "cat /var/log/nginx/access.log", lambda said: not said)


def with_a_reader(walk: Walk, stack: ExitStack) -> None:
    """A title by the commands of the guide, a provider not of ours, a person who signs in."""
    root = walk.server.root
    (root / "srv/titles").mkdir()
    (root / "srv/titles/rivers.toml").write_text(RECORD)
    (root / "srv/titles/rivers.pdf").write_bytes(pdf(3, "Rivers"))
    walk.do("gatefold title add /srv/titles/rivers.toml --pdf /srv/titles/rivers.pdf")
    walk.do(f"gatefold title access {SLUG} --rule signed-in; gatefold title publish {SLUG}")
    walk.see("a title is published", f"{CURL} {PORTAL}{PATH}", lambda said: "How paper came" in said)
    picture = f"{CURL} -o /dev/null -w '%{{http_code}} %{{content_type}}' {PORTAL}/covers/{SLUG}/preview.png"
    walk.see("its cover is drawn as a picture", picture, "200 image/png".__eq__)
    try:
        secret = stack.enter_context(provider(walk.server))
    except pytest.skip.Exception as reason:
        print(f"not tried: signing in, as {reason}")
        return
    lines = {
        "KIND": "oidc",
        "ISSUER": f"http://localhost:{PROVIDER_PORT}",
        "CLIENT_ID": "gatefold",
        "CLIENT_SECRET": secret,
    }
    written = "\n".join(f"GATEFOLD_PROVIDERS__CAMPUS__{name}={value}" for name, value in lines.items())
    walk.do(
        f"cat >> /etc/gatefold/.env <<END\n{written}\nGATEFOLD_ADMINS=campus:ada\nEND\nsystemctl restart 'gatefold@*'"
    )
    walk.see("the provider holds up", "gatefold provider check", lambda said: "FAULT" not in said)
    walk.see("a reader signs in and saves the PDF", as_reader("save"), all_true)
    walk.doctor("")
    walk.see("a file is sent at the desk", as_reader("send"), all_true)
    taken_in = f"for i in $(seq 60); do gatefold title show {SLUG} | grep -q 'edition 2' && exit; sleep 1; done; exit 1"
    walk.see("and a worker takes it in", taken_in, lambda _: True)


def with_a_real_certificate(walk: Walk, stack: ExitStack) -> None:
    """Of an authority that speaks ACME: what the guide says of certbot, word for word."""
    walk.do("cp /etc/nginx/conf.d/gatefold.conf /root/before.conf")
    try:
        stack.enter_context(authority(walk.server))
    except NoAuthority as reason:
        print(f"not tried: certbot, as {reason}")
        return
    walk.step("8.")
    walk.do("cp /etc/ssl/certs/ca-certificates.crt /etc/ssl/gatefold/believed.pem")
    changed = "diff -bB /root/before.conf /etc/nginx/conf.d/gatefold.conf | grep -c '^>' || true"
    walk.see("certbot changed the two lines of the certificate", changed, lambda said: said.strip() == "2")
    walk.see(
        "and renews it",
        "certbot renew --force-renewal --no-random-sleep-on-renew",
        lambda said: "all renewals succeeded" in said,
    )
    walk.see(
        "programs are led no further than before",
        "curl -sS -o /dev/null -w '%{http_code}' http://books.example.org/api/x",
        "403".__eq__,
    )


def with_a_backup(walk: Walk) -> None:
    """Made as cron makes it, and restored into an empty database by the steps of docs/backup.md."""
    walk.step("9.")
    nightly = "$(sed -n 's/.*root  \\(.*--files\\)/\\1/p' /etc/cron.d/gatefold)"
    walk.do(f'rm -r /srv/backups/gatefold-*; env -i HOME=/root PATH=/usr/bin:/bin sh -c "{nightly}"')
    walk.do("systemctl stop 'gatefold@*'; gatefold backup /srv/backups --ledger-only")
    empty = "su postgres -c 'createdb --owner gatefold --encoding UTF8 --locale C.UTF-8 --template template0 another'"
    walk.do(f"{empty}; sed -i 's#///gatefold?#///another?#' /etc/gatefold/.env; rm -r /var/lib/gatefold/files")
    walk.do("gatefold restore /srv/backups/gatefold-*; systemctl start gatefold@8001 gatefold@8002")
    walk.see("the backup is restored", f"{CURL} {PORTAL}{PATH}; gatefold title list", lambda said: SLUG in said)
    walk.doctor(" after it")


def when_things_end(walk: Walk) -> None:
    alive = "timeout 60 sh -c 'until curl -fsS http://127.0.0.1:8001/readyz; do sleep 0.2; done'"
    walk.see(
        "a worker that is killed is back",
        f"systemctl kill --signal=KILL gatefold@8001; sleep 1; {alive}; systemctl show -p NRestarts gatefold@8001",
        lambda said: "NRestarts=1" in said,
    )
    worker = (
        "nsenter -m -t $(systemctl show -p MainPID --value gatefold@8001) -S $(id -u gatefold) -G $(id -g gatefold)"
    )
    tries = "\n".join(
        f"{worker} sh -c 'echo x > {path}' 2>/dev/null && echo {path}" for path in (*OUTSIDE, "/var/lib/gatefold/x")
    )
    walk.see(
        "a worker can change files of its own, and neither code nor settings nor certificates",
        f"{{\n{tries}\n}} || true",
        lambda said: said.split() == ["/var/lib/gatefold/x"],
    )
    newer(walk.server)
    with asking(walk.server) as heard:
        walk.step("A newer version")
    codes = heard()
    if set(codes) != {"200"} or len(codes) < 50:
        raise Stumble(f"while a newer version came, readers heard {sorted(set(codes))} ({len(codes)} requests)")
    print(f"seen            while a newer version came, all {len(codes)} requests were answered", flush=True)
    walk.see("and it is there", f"{CURL} -H 'Cookie: __Host-gatefold=x' {PORTAL}{PATH}", lambda said: NEWER in said)
    walk.see(
        "and workers don't have to compile it each time they begin",
        "cd /srv/gatefold/api && [ __pycache__/app.*.pyc -nt app.py ] && echo compiled",
        lambda said: said.split() == ["compiled"],
    )
    walk.see(
        "PostgreSQL is away, and a worker is begun in vain",
        "systemctl stop postgresql; systemctl restart --no-block gatefold@8001; sleep 8\n"
        "curl -s -o /dev/null -w '%{http_code} ' http://127.0.0.1:8002/readyz\n"
        "systemctl is-active gatefold@8001 || true",
        lambda said: said.split() == ["503", "activating"],
    )
    walk.see("PostgreSQL is back, and so are they", f"systemctl start postgresql; {alive}", lambda _: True)
    walk.do("rm -f /var/lib/gatefold/x")
    walk.server.reboot()
    back = f"for i in $(seq 60); do {CURL} -f {PORTAL}{PATH} && exit; sleep 0.5; done; exit 1"
    walk.see("the server was started again, and the portal came by itself", back, lambda said: "How paper came" in said)


def as_reader(what: str) -> str:
    return f"/srv/gatefold/.venv/bin/python /root/reader.py {what} {PATH}"


def all_true(said: str) -> bool:
    return all(json.loads(said.splitlines()[-1]).values())


def committed(path: str) -> str:
    return subprocess.run(["git", "show", f"HEAD:{path}"], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def brought(server: Server) -> None:
    """What the guide's git address leads to, and the reader's script."""
    command = ["git", "clone", "--quiet", "--bare", str(ROOT), str(server.root / "root/gatefold.git")]
    subprocess.run(command, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    for words in (["update-ref", "refs/heads/main", head], ["symbolic-ref", "HEAD", "refs/heads/main"]):
        subprocess.run(["git", *words], cwd=server.root / "root/gatefold.git", check=True)
    (server.root / "root/reader.py").write_text((HERE / "reader.py").read_text())


def newer(server: Server) -> None:
    """One more commit at that address, which shows on every page, and in the code too."""
    place = server.root / "root/gatefold.git"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(place), folder], check=True)
        with Path(folder, "web/templates/base.html").open("a") as file:
            file.write(f"{NEWER}\n")
        with Path(folder, "api/app.py").open("a") as file:
            file.write("# A newer version\n")
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        for words in (["commit", "--quiet", "--all", "-m", "A newer version"], ["push", "--quiet"]):
            subprocess.run(["git", *who, *words], cwd=folder, check=True)


@contextmanager
def provider(server: Server) -> Iterator[str]:
    """The certified provider of the tests, as if it ran on the server; its client's secret."""
    folder, secret = installed(), new_secret()
    words = ["node", "server.mjs", str(PROVIDER_PORT), f"{PORTAL}/sign-in/campus/callback", secret]
    with subprocess.Popen(
        server.inside(*words, only="--net"), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            if not any(line.strip() == "ready" for line in process.stdout):
                pytest.skip("the certified OpenID provider did not start")
            yield secret
        finally:
            process.terminate()


@contextmanager
def asking(server: Server) -> Iterator[Callable[[], list[str]]]:
    """Pages are asked for all the time, past nginx's memory; the statuses that were heard."""
    ask = f"{CURL} -o /dev/null -w '%{{http_code}}\\n' -H 'Cookie: __Host-gatefold=x' {PORTAL}{PATH}"
    command = server.inside("bash", "-c", f"while test ! -e /tmp/stop; do {ask} || echo none; done")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        heard: list[str] = []
        yield lambda: heard
        (server.root / "tmp/stop").touch()
        server.run("touch /tmp/stop")
        heard += (process.communicate(timeout=30)[0] or "").split()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
