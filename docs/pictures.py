"""Take the pictures in docs/pictures/ from a demo of its own: the landing page, signed out and in, and its company."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from api.database import Database  # noqa: E402
from api.demo.shelve import shelve  # noqa: E402
from api.migrations import upgrade  # noqa: E402
from api.settings import Settings  # noqa: E402
from storage.local import LocalStore  # noqa: E402
from tests.site import Site, free_port, served  # noqa: E402

FOLDER = Path(__file__).with_name("pictures")
WORK = "/books/edited/russia-china-relations"
DESKTOP, PHONE, WIDE = (1440, 900), (390, 844), (2560, 1200)
LARGEST = 80_000  # bytes of a picture

# name, address, who is signed in, window, colour scheme
PICTURES = (
    ("landing-signed-out-light", WORK, None, DESKTOP, "light"),
    ("landing-signed-out-dark", WORK, None, DESKTOP, "dark"),
    ("landing-signed-out-phone", WORK, None, PHONE, "light"),
    ("landing-signed-out-phone-dark", WORK, None, PHONE, "dark"),
    ("landing-signed-out-wide", WORK, None, WIDE, "light"),
    ("landing-signed-in-light", WORK, "Cleo Specimen", DESKTOP, "light"),
    ("landing-signed-in-dark", WORK, "Cleo Specimen", DESKTOP, "dark"),
    ("landing-signed-in-phone", WORK, "Cleo Specimen", PHONE, "light"),
    ("catalogue-light", "/", None, DESKTOP, "light"),
    ("sign-in-light", f"/sign-in?next={WORK}", None, DESKTOP, "light"),
    ("link-dark", "ticket", "Cleo Specimen", DESKTOP, "dark"),
    ("not-open-yet-phone-dark", "/books/edited/a-date-on-the-door", None, PHONE, "dark"),
    ("account-light", "/account", "Cleo Specimen", DESKTOP, "light"),
    ("no-such-page-light", "/no-such-page", None, DESKTOP, "light"),
)


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("no Chromium on this machine")
    with TemporaryDirectory() as scratch, _demo(scratch) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu"],
            env=os.environ | {"FONTCONFIG_FILE": str(_with_inter(Path(scratch)))},
        )
        for name, address, person, size, scheme in PICTURES:
            if not names or name in names:
                _keep(name, _shot(browser, site, address, person, size, scheme))
        browser.close()


@contextmanager
def _demo(folder: str) -> Iterator[Site]:
    settings = Settings(
        _env_file=None,
        demo=True,
        public_url=f"http://localhost:{free_port()}",
        secret_key="kD8s2LqW9xZ4vB7nM1pR6tY3cF5hJ0gA",  # noqa: S106  of a portal that lives for these pictures
        database_url=f"sqlite:///{folder}/gatefold.db",
        storage={"root": f"{folder}/files"},
    )
    database = Database(settings.database_url)
    upgrade(database)
    shelve(settings, database, LocalStore(settings.storage.root))
    database.close()
    with served(settings) as site:
        yield site


def _with_inter(folder: Path) -> Path:
    """Fonts as the design's own pictures have them: Inter, where it is installed, in the place of the system's sans."""
    alias = "".join(
        f"<alias binding='strong'><family>{name}</family><prefer><family>Inter</family></prefer></alias>"
        for name in ("system-ui", "sans-serif")
    )
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{alias}</fontconfig>")
    return path


def _shot(browser: Browser, site: Site, address: str, person: str | None, size: tuple[int, int], scheme: str) -> bytes:
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
        color_scheme=scheme,
    )
    page = context.new_page()
    if person is not None:
        _sign_in(page, person)
    if address == "ticket":
        page.goto(WORK)
        page.get_by_role("button", name="Download the PDF").click()
    else:
        page.goto(address)
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    return picture


def _sign_in(page: Page, person: str) -> None:
    page.goto(f"/sign-in?next={WORK}")
    page.get_by_role("button", name="Example Sign-in").click()
    page.get_by_role("button", name=person).click()
    page.wait_for_url(f"**{WORK}")


def _keep(name: str, png: bytes) -> None:
    picture = Image.open(BytesIO(png))
    for quality in (92, 85, 75, 60, 40):
        kept = BytesIO()
        picture.save(kept, "WEBP", quality=quality, method=6)
        if kept.tell() <= LARGEST:
            break
    (FOLDER / f"{name}.webp").write_bytes(kept.getvalue())


if __name__ == "__main__":
    main(sys.argv[1:])
