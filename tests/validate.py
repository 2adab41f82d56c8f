"""Validators that need Java or Debian packages, over pages and forms as a real portal gives them: `make validate`.

What a machine does not have is fetched where it may be, else left out, and the list says why.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from api.database import Database
from api.formats.forms import FORMS
from api.migrations import upgrade
from api.settings import Settings
from api.shelf.shelving import add_draft, publish
from tests.formats.npm_tools import TOOLS as NPM
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
    "sitemap-part": "/sitemaps/titles-0.xml",
    "feed": "/feeds/titles.atom",
    "oai": "/oai?verb=Identify",
    "oai-records": "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "oai-error": "/oai?verb=None",
    "opds": "/opds?version=1.2",
    "opds-new": "/opds/new?version=1.2",
    "cover": "/covers/rivers.svg",
}
SCHEMAS = ROOT.parent / "shared" / "schemas"
FAULT = re.compile(r"\d{3}: ")  # of marclint: the field, then what is wrong
BROKEN, MENDED = r"\nrt]", r"\n\r\t]"  # of addresses: the published pattern forbids the letters r and t


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
        (folder / "chapter.marcxml").write_bytes(program.get(f"{WORK}/chapters/1.marcxml").content)
        (folder / "chapter.mrc").write_bytes(program.get(f"{WORK}/chapters/1.mrc").content)
        with suppress(Absent):
            harvester = debian("oai_pmh", "libhttp-oai-perl")
            _, said = run([harvester, "-X", "ListRecords", "--metadataPrefix", "oai_dc", f"{site.url}/oai"])
            (folder / "harvested.txt").write_text(said)


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


def marc(folder: Path) -> tuple[str, str]:
    """The Perl libraries’ lint of MARC 21: indicators, subfields, check digits."""
    tool = debian("marclint", "libmarc-lint-perl")
    code, said = run([tool, *(str(folder / name) for name in ("rivers.mrc", "chapter.mrc"))])
    faults = [line for line in said.splitlines() if FAULT.match(line) and "may be" not in line]  # that only asks
    return "", said if code or faults else ""


def marcxml(folder: Path) -> tuple[str, str]:
    return by_schema(folder, SCHEMAS / "marc" / "MARC21slim.xsd", ["rivers.marcxml", "chapter.marcxml"])


def oai(folder: Path) -> tuple[str, str]:
    return by_schema(folder, SCHEMAS / "oai" / "oai_all.xsd", [f"{name}.xml" for name in XML if name.startswith("oai")])


def sitemap(folder: Path) -> tuple[str, str]:
    return by_schema(folder, NPM / "node_modules" / "sitemap" / "schema" / "sitemap.xsd", ["sitemap-part.xml"])


def by_schema(folder: Path, schema: Path, names: list[str]) -> tuple[str, str]:
    tool = debian("xmllint", "libxml2-utils")
    if not schema.exists():
        raise Absent(f"{schema.name} is not at {schema.parent}")
    code, said = run([tool, "--noout", "--nonet", "--schema", str(schema), *(str(folder / name) for name in names)])
    return "", said if code else ""


def onix(folder: Path) -> tuple[str, str]:
    """The RELAX NG of ONIX that onixcheck brings."""
    found = sorted((ROOT / ".venv-validators").glob("lib/python*/site-packages/onixcheck/**/*3.1_reference.rng"))
    if not found:
        raise Absent("the validators of `make validators`, which have the grammar, are not installed")
    code, said = run([debian("jing", "jing"), str(found[-1]), str(folder / "rivers.onix.xml")])
    return "", said if code else ""


def opds(folder: Path) -> tuple[str, str]:
    """OPDS 1.2 by its published grammar, in which one pattern has lost its backslashes and is mended here."""
    tool = debian("jing", "jing")
    grammars = SCHEMAS / "opds"
    if not all((grammars / name).exists() for name in ("opds.rnc", "atom.rnc")):
        raise Absent(f"opds.rnc and atom.rnc (RFC 4287, appendix B) are not at {grammars}; no registry has them")
    whole = (grammars / "opds.rnc").read_text()
    (folder / "opds.rnc").write_text(whole.replace(BROKEN, MENDED))
    shutil.copyfile(grammars / "atom.rnc", folder / "atom.rnc")
    files = [str(folder / f"{name}.xml") for name in XML if name.startswith("opds")]
    code, said = run([tool, "-c", str(folder / "opds.rnc"), *files])
    return "", said if code else ""


def harvested(folder: Path) -> tuple[str, str]:
    """A harvester in Perl took the shelf while the portal was on the air; see `written`."""
    debian("oai_pmh", "libhttp-oai-perl")
    said = (folder / "harvested.txt").read_text()
    lost = [word for word in ("Rivers of Paper", "oai:localhost:") if word not in said]
    return "", f"lost: {', '.join(lost)}\n{said}" if lost else ""


def debian(command: str, package: str) -> str:
    """The program, installed where this machine lets us. Raises Absent."""
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
    "MARC 21, by marclint": marc,
    "MARCXML, by its schema": marcxml,
    "OAI-PMH, by its schemas": oai,
    "OAI-PMH, harvested by oai_pmh": harvested,
    "sitemap, by its schema": sitemap,
    "ONIX 3.1, by jing": onix,
    "OPDS 1.2, by jing": opds,
}

if __name__ == "__main__":
    sys.exit(main())
