"""What Lighthouse says of a page, from 0 to 100."""

import json
import os
import shutil
import subprocess
from pathlib import Path

QUIET = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
ROOT = Path(__file__).parent.parent.parent


class NoLighthouse(Exception):
    """It can't be had on this machine; the words say why."""


def scores(url: str, *categories: str, throttled: bool = False) -> dict[str, int]:
    """The page's scores in these categories; of one below 100 the audits that cost it points stand with it.

    With `throttled` it is loaded as on a slow phone, which takes longer and only matters for how fast it is.
    """
    program = next(ROOT.glob("var/lighthouse-*/node_modules/.bin/lighthouse"), None)
    if program is None:
        raise NoLighthouse("no Lighthouse here (tests/set-up installs it by npm)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise NoLighthouse("no Chromium on this machine (apt-get install chromium)")
    answer = subprocess.run(
        [
            *(str(program), url, "--quiet", "--output=json", f"--chrome-flags={QUIET}"),
            *("--only-categories=" + ",".join(categories), "--max-wait-for-load=30000"),
            *([] if throttled else ["--throttling-method=provided"]),
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    report = json.loads(answer.stdout)
    return {
        _with_reasons(name, found, report["audits"]): round(100 * (found["score"] or 0))
        for name, found in report["categories"].items()
    }


def _with_reasons(name: str, found: dict[str, object], audits: dict[str, dict[str, object]]) -> str:
    refs = found["auditRefs"]
    assert isinstance(refs, list)
    costly = [each["id"] for each in refs if each["weight"] and (audits[each["id"]]["score"] or 0) != 1]
    costly = [each for each in costly if audits[each]["scoreDisplayMode"] not in ("notApplicable", "manual")]
    return f"{name}: {', '.join(costly)}" if costly else name
