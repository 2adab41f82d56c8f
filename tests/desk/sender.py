"""Sends a file as the uploader in the browser does: announced, in parts, each at its address, then finished."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

import httpx2

ACCEPT = {"accept": "application/json"}


class Sender:
    """One file for one title, sent by whoever `client` is signed in as."""

    def __init__(self, client: httpx2.Client, slug: str, data: bytes, name: str = "rivers.pdf") -> None:
        self.client, self.slug, self.data, self.name = client, slug, data, name
        self.upload: dict[str, Any] = {}

    def begin(self, **other: object) -> httpx2.Response:
        told = {
            "title": self.slug,
            "name": self.name,
            "size": len(self.data),
            "changed": 1_700_000_000_000,
            "first_part": hashlib.sha256(self.data[:65536]).hexdigest(),
        }
        answer = self.client.post("/desk/uploads", json=told | other, headers=ACCEPT)
        if answer.status_code == 200:
            self.upload = answer.json()
        return answer

    def piece(self, number: int) -> bytes:
        size = self.upload["part_size"]
        return self.data[(number - 1) * size : number * size]

    def address(self, number: int, data: bytes | None = None, **other: object) -> httpx2.Response:
        data = self.piece(number) if data is None else data
        digest = hashlib.new(self.upload["digest"], data).hexdigest()
        part = {"number": number, "size": len(data), "digest": digest} | other
        return self.client.post(f"{self.upload['address']}/parts", json=part, headers=ACCEPT)

    def put(self, address: dict[str, Any], data: bytes | Iterable[bytes]) -> httpx2.Response:
        url = urljoin(str(self.client.base_url), address["url"])
        return self.client.put(url, content=data, headers=ACCEPT | address["headers"])

    def send(self, *numbers: int) -> None:
        for number in numbers or range(1, self.upload["parts"] + 1):
            answer = self.put(self.address(number).json(), self.piece(number))
            assert answer.status_code in (200, 204), answer.text

    def have(self) -> list[int]:
        return list(self.client.get(self.upload["address"], headers=ACCEPT).json()["have"])

    def finish(self) -> httpx2.Response:
        return self.client.post(f"{self.upload['address']}/completion", headers=ACCEPT)


def reason(answer: httpx2.Response) -> str:
    """What a refusal says, once it is sure that it says it to a program."""
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])
