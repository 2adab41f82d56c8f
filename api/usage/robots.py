"""Which callers are robots: the list that COUNTER publishes and our own, both without regard to case."""

import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

OUR_LIST = Path(__file__).parent / "our_robots.txt"
AGENT_AT_MOST = 512  # characters that are looked at
AGENT_KEPT = 200  # characters
REMEMBERED = 4096  # agents whose answer is at hand; looking one up takes half a millisecond


class Robots:
    """Both lists in one pattern. The package that carries COUNTER's minds case, so only its data is used."""

    def __init__(self) -> None:
        theirs = files("counter_robots").joinpath("data", "robot.txt").read_text("utf-8")
        lines = (*theirs.splitlines(), *OUR_LIST.read_text("utf-8").splitlines())
        known = [line for line in lines if line and not line.startswith("#")]
        self._pattern = re.compile("|".join(known), re.IGNORECASE)
        self.fingerprint = hashlib.sha256("\n".join(known).encode()).hexdigest()
        self.are = lru_cache(REMEMBERED)(self._are)
        self.told = lru_cache(REMEMBERED)(self._told)

    def know(self, agent: str) -> bool:
        return self._pattern.search(agent[:AGENT_AT_MOST]) is not None

    def _are(self, agent: str, was_told: bool) -> bool:
        """Whether what was kept of a caller's name is a robot's by the lists as they are now.

        Of a longer name the end is missing, so there what was told at the time stands.
        """
        return self.know(agent) or (was_told and len(agent) >= AGENT_KEPT)

    def _told(self, agent: bytes) -> tuple[bool, str]:
        """Whether this is a robot, and what is kept of its name.

        Of a person's program that is enough to count again when a list changes, and too little to tell two
        people apart: its numbers are blurred.
        """
        name = agent[:AGENT_AT_MOST].decode("latin-1").replace("\0", "")
        is_robot = self.know(name)
        return is_robot, (name if is_robot else re.sub(r"\d+", "0", name))[:AGENT_KEPT]
