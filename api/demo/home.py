"""Where one demo lives: a folder for each port, because the demo's identities belong to the address they came from."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Any


class DemoHome:
    """`var/demo-<port>/` below the working folder: database, files, and the secret that keeps sessions alive."""

    def __init__(self, port: int) -> None:
        self.folder = Path("var") / f"demo-{port}"
        self._public_url = f"http://localhost:{port}"

    def given_settings(self) -> dict[str, Any]:
        """What a demo sets for itself; the rest may come from the environment as ever."""
        folder = self.folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "demo": True,
            "public_url": self._public_url,
            "secret_key": _kept_secret(folder / "secret-key"),
            "database_url": f"sqlite:///{folder / 'gatefold.db'}",
            "storage": {"kind": "local", "root": folder / "files"},
        }

    def empty(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)


def _kept_secret(path: Path) -> str:
    """The secret of the last start, or a new one in a file that only its owner can read."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
