"""Validators that need Java or Debian packages, over pages and forms as a real portal gives them: `make validate`.

What a machine does not have is fetched where it may be, else left out, and the list says why.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from api.database import Database
from api.formats.forms import FORMS
from api.migrations import upgrade
from api.settings import Settings
from api.shelf.shelving import add_draft, publish
from tests.make import give_chapters, shelve
from tests.records import RICH
from tests.site import free_port, served

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".validate"
WORK = "/books/edited/rivers"
PAGES = {
    "catalogue": "/",
    "title": WORK,
    "chapter": f"{WORK}/chapters/1",
    "sign-in": "/sign-in?next=/",
    "help": "/help",
    "no-page": "/nowhere",
}
XML = {
    "sitemap": "/sitemap.xml",
    "feed": "/feeds/titles.atom",
    "oai": "/oai?verb=Identify",
    "cover": "/covers/rivers.svg",
}


class Absent(Exception):
    """The validator is not here, and why."""


def main() -> int:
    failed = False
    with TemporaryDirectory() as name:
        folder = Path(name)
        written(folder)
        for label, check in CHECKS.items():
            try:
                version, faults = check(folder)
            except Absent as reason:
                print(f"skipped  {label}: {reason}")
                continue
            failed = failed or bool(faults)
            print(f"{'FAILED ' if faults else 'valid  '}  {label} {version}")
            if faults:
                print(faults)
    return int(failed)


def written(folder: Path) -> None:
    """The pages and forms of a title that says everything, as files."""
    settings = Settings(
        _env_file=None,
        public_url=f"http://localhost:{free_port()}",
        secret_key="k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca",
        database_url=f"sqlite:///{folder / 'gatefold.db'}",
        storage={"root": folder / "files"},
        demo=True,
    )
    database = Database(settings.database_url)
    upgrade(database)
    database.close()
    with served(settings) as site:
        with site.portal.database.writing() as db:
            add_draft(db, RICH)
            publish(db, "rivers")
        give_chapters(site, shelve(site))
        browser, program = site.browser(), site.program()
        for name, address in PAGES.items():
            (folder / f"{name}.html").write_bytes(browser.get(address).content)
        for name, address in XML.items():
            (folder / f"{name}.xml").write_bytes(program.get(address).content)
        for form in FORMS:
            (folder / f"rivers{form.suffix}").write_bytes(program.get(WORK + form.suffix).content)


def html(folder: Path) -> tuple[str, str]:
    """The W3C's checker of HTML, from npm."""
    java, npm = shutil.which("java"), shutil.which("npm")
    if java is None or npm is None:
        raise Absent("it needs java and npm")
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.exists():
        run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(TOOLS), "vnu-jar"])
    if not jar.exists():
        raise Absent("npm could not install vnu-jar")
    pages = [str(folder / f"{name}.html") for name in PAGES]
    _, version = run([java, "-jar", str(jar), "--version"])
    code, said = run([java, "-jar", str(jar), "--errors-only", *pages])
    return version.strip(), said if code else ""


def well_formed(folder: Path) -> tuple[str, str]:
    tool = debian("xmllint", "libxml2-utils")
    files = [str(file) for file in sorted(folder.glob("*xml")) if file.suffix in (".xml", ".marcxml")]
    _, version = run([tool, "--version"])
    code, said = run([tool, "--noout", "--nonet", *files])
    return version.splitlines()[0].rpartition(" ")[2], said if code else ""


def bibtex(folder: Path) -> tuple[str, str]:
    tool = debian("biber", "biber")
    _, version = run([tool, "--version"])
    log = folder / "biber"
    command = [tool, "--tool", "--validate-datamodel", "--quiet", f"--outfile={log}.bib", f"--logfile={log}"]
    code, said = run([*command, str(folder / "rivers.bib")])
    return version.strip().rpartition(" ")[2], said if code or "WARN" in said else ""


def ris(folder: Path) -> tuple[str, str]:
    """Bibutils reads RIS, and what it makes of it still has the names."""
    tool, back = debian("ris2xml", "bibutils"), debian("xml2bib", "bibutils")
    _, mods = run([tool, str(folder / "rivers.ris")])
    (folder / "from-ris.mods").write_text(mods.partition("ris2xml:")[0])
    _, found = run([back, str(folder / "from-ris.mods")])
    lost = [word for word in ("Sample", "Rivers of Paper", "2024", "10.5555/gf.rivers") if word not in found]
    return "", f"lost: {', '.join(lost)}\n{found}" if lost else ""


def debian(command: str, package: str) -> str:
    """The program, installed where this machine lets us."""
    if shutil.which(command) is None and shutil.which("apt-get") is not None:
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
    found = shutil.which(command)
    if found is None:
        raise Absent(f"the Debian package {package} is not installed and could not be")
    return found


def run(command: list[str]) -> tuple[int, str]:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return 1, str(fault)
    return ran.returncode, ran.stdout + ran.stderr


CHECKS: dict[str, Callable[[Path], tuple[str, str]]] = {
    "pages, by the W3C’s HTML checker": html,
    "XML, by xmllint": well_formed,
    "BibTeX, by biber": bibtex,
    "RIS, by bibutils": ris,
}

if __name__ == "__main__":
    sys.exit(main())
