"""A certified OpenID provider in a process of its own, where this machine can run one."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.seal import new_secret
from api.settings_parts import ProviderSettings
from tests.site import free_port

NODE = Path(__file__).parent / "node"
TOOLS = Path(__file__).parent.parent.parent / "var" / "test-tools" / "oidc-provider"


@dataclass(frozen=True)
class Certified:
    """A running provider that knows one client, the portal at `portal`."""

    settings: ProviderSettings
    portal: str


@pytest.fixture(scope="session")
def certified() -> Iterator[Certified]:
    folder = installed()
    port, portal, secret = free_port(), f"http://localhost:{free_port()}", new_secret()
    command = ["node", "server.mjs", str(port), f"{portal}/sign-in/certified/callback", secret]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            if not any(line.strip() == "ready" for line in server.stdout):
                pytest.skip("the certified OpenID provider did not start")
            settings = ProviderSettings(
                kind="oidc", issuer=f"http://localhost:{port}", client_id="gatefold", client_secret=secret
            )
            yield Certified(settings, portal)
        finally:
            server.terminate()


def installed() -> Path:
    """The folder with the provider and its locked dependencies, installed once per lock file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("the certified OpenID provider needs node and npm")
    lock = (NODE / "package-lock.json").read_bytes()
    mark = TOOLS / "installed-lock.json"
    if not mark.exists() or mark.read_bytes() != lock:
        TOOLS.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(NODE / name, TOOLS / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        try:
            done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, timeout=180, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm ci took longer than three minutes")
        if done.returncode != 0:
            pytest.skip(f"npm ci failed: {done.stderr.strip().splitlines()[-1:]}")
        mark.write_bytes(lock)
    shutil.copyfile(NODE / "server.mjs", TOOLS / "server.mjs")
    return TOOLS
