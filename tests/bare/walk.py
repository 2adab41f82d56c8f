"""Somebody who follows the guide: its steps as they stand there, and what is to be seen after each."""

import re
import time
from collections.abc import Callable

from tests.bare.server import Server

SECTION = re.compile(r"^## On a bare Debian server\n(.*?)^## ", re.DOTALL | re.MULTILINE)
STEP = re.compile(r"^\*\*(.+?)\*\*(.*?)(?=^\*\*|\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Stumble(Exception):
    """Here somebody who follows the guide does not get on."""


class Walk:
    def __init__(self, server: Server, guide: str) -> None:
        self.server = server
        self._begun = time.monotonic()
        found = SECTION.search(guide)
        if found is None:
            raise Stumble("docs/operating.md has no section on a bare server")
        self.steps = [(name, "".join(BLOCK.findall(words))) for name, words in STEP.findall(found[1])]

    def step(self, begins: str) -> None:
        """What stands in the guide, in a login of its own as on another day."""
        name, script = next(step for step in self.steps if step[0].startswith(begins))
        begun = time.monotonic()
        self.do(script.replace("git clone … ", "git clone /root/gatefold.git "))
        print(f"done   {time.monotonic() - begun:6.1f} s  {name.rstrip('.,')}", flush=True)

    def do(self, script: str) -> str:
        answer = self.server.run(script)
        if answer.failed:
            raise Stumble(f"{script.strip()}\n{answer.said[-3000:]}")
        return answer.said

    def see(self, what: str, script: str, holds: Callable[[str], object]) -> None:
        said = self.do(script)
        if not holds(said):
            raise Stumble(f"not so: {what}\n{script}\n{said[-3000:]}")
        print(f"seen   {time.monotonic() - self._begun:6.1f} s  {what}", flush=True)

    def doctor(
        self, what: str, *, but: tuple[str, ...] = (), trust: str = "SSL_CERT_FILE=/etc/ssl/gatefold/believed.pem"
    ) -> None:
        def is_well(said: str) -> bool:
            lines = [line for line in said.splitlines() if not line.startswith("ok ")]
            return len(said.splitlines()) > 20 and not [line for line in lines if line.split()[1] not in but]

        self.see(f"the doctor finds all well{what}", f"{trust} gatefold doctor", is_well)
