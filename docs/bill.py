"""Write docs/sbom.cdx.json and docs/licences.md from the lock, what is installed by it, and the files of others here.

With --check it tells whether they have drifted. Nothing is asked of any network.
"""

import json
import re
import sys
import uuid
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
BILL, PAGE = (Path(__file__).with_name(name) for name in ("sbom.cdx.json", "licences.md"))
PINNED = re.compile(r"^([a-z0-9.-]+)==([^ ;]+)(?: ; (.+?))? \\$", re.MULTILINE)
SERVED_ON = {  # where the portal is served; what the lock has for other machines is left out
    **{"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "python_full_version": "3.11.0"},
    **{"implementation_name": "cpython", "platform_python_implementation": "CPython", "python_version": "3.11"},
}
# The licence in a package's own files, where what it says of itself is no SPDX identifier.
READ_BY_US = {
    "defusedxml": "PSF-2.0",
    "isbnlib": "LGPL-3.0-only",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "s3transfer": "Apache-2.0",
    "uharfbuzz": "Apache-2.0",
    "uvloop": "MIT OR Apache-2.0",
}


@dataclass(frozen=True)
class Part:
    """Something of others in what is handed on. `folder` where its files are part of this checkout."""

    name: str
    version: str
    licence: str
    folder: str | None = None


def pdfjs(name: str, licence: str, folder: str = "") -> Part:
    home = "web/static/vendor/pdfjs"
    [version] = re.findall(r"^PDF\.js ([\d.]+),", (ROOT / home / "README.md").read_text(), re.MULTILINE)
    return Part(name, version, licence, f"{home}/{folder}".rstrip("/"))


VENDORED = (
    Part("Newsreader", "", "OFL-1.1", "web/static/fonts"),
    Part("Noto Sans, Noto Serif Tibetan", "", "OFL-1.1", "api/delivery/fonts"),
    Part("NanumGothic, as Gatefold Hangul", "", "OFL-1.1", "api/delivery/fonts"),
    Part("Droid Sans Fallback", "", "Apache-2.0", "api/delivery/fonts"),
    pdfjs("PDF.js", "Apache-2.0"),
    pdfjs("PDF.js: Adobe's character maps", "BSD-3-Clause", "cmaps"),
    pdfjs("PDF.js: colour profiles", "CC0-1.0", "iccs"),
    pdfjs("PDF.js: Foxit fonts", "BSD-3-Clause", "standard_fonts"),
    pdfjs("PDF.js: Liberation fonts", "OFL-1.1", "standard_fonts"),
    pdfjs("PDF.js: OpenJPEG", "BSD-2-Clause", "wasm"),
    pdfjs("PDF.js: PDFium's JBIG2", "BSD-3-Clause AND Apache-2.0", "wasm"),
    pdfjs("PDF.js: qcms", "MIT AND BSD-2-Clause", "wasm"),
)
INTRODUCTION = """\
# Licences

<!-- Generated from requirements.lock and the installed packages by `make docs`; the words are in docs/bill.py. -->

Gatefold is under the [MIT licence](../LICENSE). What it is served with, on Linux, is below; the same as CycloneDX is in
[sbom.cdx.json](sbom.cdx.json). Tools for working on it (`requirements-dev.lock`) are not handed on and not listed.

The suite lets in only licences that ask for no more than a notice, and three that ask for more and get it: LGPL-3.0 and
MPL-2.0 packages are installed as they are, unchanged and replaceable, and OFL-1.1 fonts go with their licence, none of
them under a reserved name if changed.

## Packages

| package | version | licence |
|---|---|---|
"""
CARRIED = """
Their wheels bring libraries of others, under the terms that lie in each wheel: psycopg-binary libpq, OpenSSL, Kerberos,
OpenLDAP and SASL; pikepdf qpdf and libjpeg-turbo; Pillow libjpeg-turbo, libpng, libtiff, libwebp, libavif, OpenJPEG,
FreeType, HarfBuzz, Little CMS, xz and zstd; pypdfium2 PDFium; uharfbuzz HarfBuzz; lxml libxml2 and libxslt; uvloop
libuv; cryptography OpenSSL. Their faults count as the package's.

## Files in this checkout

| what | version | licence | where |
|---|---|---|---|
"""


def packages() -> list[Part]:
    """What the lock pins for the machines that serve; it has to be installed just so."""
    found = []
    for name, version, marker in PINNED.findall(LOCK.read_text()):
        if marker and not Marker(marker).evaluate(SERVED_ON):
            continue
        about = metadata.metadata(name)
        if Version(about["Version"]) != Version(version):
            raise SystemExit(f"{name} is installed as {about['Version']} and pinned as {version}; run make check")
        said = about.get("License-Expression") or READ_BY_US.get(name) or about.get("License") or ""
        found.append(Part(name, version, said))
    return found


def bill(parts: list[Part]) -> str:
    components = [_component(part) for part in parts]
    content = json.dumps(components, sort_keys=True)
    [version] = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    whole: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "gatefold",
                "name": "gatefold",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _component(part: Part) -> dict[str, Any]:
    is_one = " " not in part.licence
    known: dict[str, Any] = {"type": "library", "name": part.name}
    if part.version:
        known["version"] = part.version
    known["licenses"] = [{"license": {"id": part.licence}} if is_one else {"expression": part.licence}]
    if part.folder is None:
        purl = f"pkg:pypi/{part.name}@{part.version}"
        return {"bom-ref": purl, **known, "purl": purl}
    return {"bom-ref": part.name, **known, "properties": [{"name": "gatefold:folder", "value": part.folder}]}


def page(parts: list[Part]) -> str:
    rows = "".join(f"| {part.name} | {part.version} | {part.licence} |\n" for part in parts if part.folder is None)
    files = "".join(
        f"| {part.name} | {part.version} | {part.licence} | `{part.folder}` |\n" for part in parts if part.folder
    )
    return INTRODUCTION + rows + CARRIED + files


def main(arguments: list[str]) -> int:
    parts = [*packages(), *VENDORED]
    made = {BILL: bill(parts), PAGE: page(parts)}
    if arguments != ["--check"]:
        for path, text in made.items():
            path.write_text(text)
        return 0
    drifted = [path.name for path, text in made.items() if not path.exists() or path.read_text() != text]
    if drifted:
        print(f"{' and '.join(drifted)} have drifted from requirements.lock; run make docs", file=sys.stderr)
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
