"""A harvester for tests: asks over HTTP, follows tokens to the end, and checks each answer against the schemas."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx2

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@dataclass
class Harvester:
    client: httpx2.Client

    def ask(self, **arguments: str) -> ElementTree.Element:
        """The answer to `verb` and its arguments; `from_` stands for `from`."""
        return self.answer(self.client.get("/oai", params={name.rstrip("_"): it for name, it in arguments.items()}))

    def answer(self, response: httpx2.Response) -> ElementTree.Element:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/xml; charset=utf-8"
        return ElementTree.fromstring(response.content)

    def fault(self, **arguments: str) -> str:
        return fault_of(self.ask(**arguments))

    def headers(self, verb: str = "ListIdentifiers", **arguments: str) -> list[ElementTree.Element]:
        """All of a list, page after page."""
        found = []
        answer = self.ask(verb=verb, **({"metadataPrefix": "oai_dc"} | arguments))
        while True:
            found += list(answer.iter(f"{OAI}header"))
            token = answer.find(f".//{OAI}resumptionToken")
            if token is None or not token.text:
                return found
            answer = self.ask(verb=verb, resumptionToken=token.text)

    def names(self, **arguments: str) -> list[str]:
        """What is listed, deleted ones with a minus before them."""
        return [name_of(header) for header in self.headers(**arguments)]


def fault_of(answer: ElementTree.Element) -> str:
    error = answer.find(f"{OAI}error")
    assert error is not None
    assert error.text
    return error.attrib["code"]


def name_of(header: ElementTree.Element) -> str:
    said = header.findtext(f"{OAI}identifier", "").rpartition(":")[2]
    return f"-{said}" if header.get("status") == "deleted" else said


def token_of(answer: ElementTree.Element) -> Any:
    return answer.find(f".//{OAI}resumptionToken")
