"""The large form of a desk page as a browser without scripts sees and sends it."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx2


class Filled(HTMLParser):
    """The first form of a page with fields in it: what it would send, and what has the focus."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self.ids: list[str] = []
        self.action = self.focus = ""
        self._area: str | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        if "autofocus" in given:
            self.focus = given.get("value", "") if tag == "button" else given.get("id", tag)
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.pairs.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._area = given["name"]
            self.pairs.append((given["name"], ""))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select:
            if not self.pairs or self.pairs[-1][0] != self._select:
                self.pairs.append((self._select, given["value"]))
            elif "selected" in given:
                self.pairs[-1] = (self._select, given["value"])
        elif tag == "button":
            self.buttons.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.pairs[-1] = (self._area, self.pairs[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self.pairs[-1] = (self._area, self.pairs[-1][1].removeprefix("\n"))
            self._area = None
        elif tag == "select":
            self._select = ""

    def __getitem__(self, name: str) -> str:
        return dict(self.pairs)[name]

    def __contains__(self, name: object) -> bool:
        return name in dict(self.pairs)

    def set(self, name: str, value: str) -> None:
        if name in self:
            self.pairs = [(each, value if each == name else said) for each, said in self.pairs]
        else:
            self.pairs.append((name, value))

    def send(self, client: httpx2.Client, do: str, **typed: str) -> httpx2.Response:
        """Type what is given, then press the button."""
        for name, value in typed.items():
            self.set(name, value)
        assert do in self.buttons, (do, self.buttons)
        return self.press(client, do)

    def press(self, client: httpx2.Client, do: str) -> httpx2.Response:
        """As the button, or the script, would send it, whether there is such a button or not."""
        body = urlencode([*self.pairs, ("do", do)])
        return client.post(self.action, content=body, headers={"content-type": "application/x-www-form-urlencoded"})


def opened(client: httpx2.Client, path: str) -> Filled:
    page = client.get(path)
    assert page.status_code == 200, page.text
    return Filled(page.text)
