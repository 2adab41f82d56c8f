"""On the bare server, by the portal's own Python: a reader signs in through nginx, and saves the PDF.

`reader.py save` prints who they are and what came; `reader.py send` has an administrator send a new file at the desk.
"""

import json
import ssl
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx2

PORTAL = "https://books.example.org"
CERTIFICATE = "/etc/ssl/gatefold/believed.pem"
PDF = Path("/srv/titles/rivers.pdf")


class Page(HTMLParser):
    """The forms of a page with what a browser would send, and its links."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._url = str(answer.url)
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((urljoin(self._url, given.get("action", "")), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][1][given["name"]] = given.get("value", "")
        elif tag == "a" and "href" in given:
            self.links.append(urljoin(self._url, given["href"]))


def main(what: str, path: str) -> None:
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    headers = {"accept": "text/html", "origin": PORTAL, "sec-fetch-site": "same-origin"}
    with httpx2.Client(verify=trust, headers=headers, timeout=30) as browser:
        signed_in(browser, path)
        account = browser.get(f"{PORTAL}/account").text
        found = {"known": "campus:ada" in account} | (saved(browser, path) if what == "save" else sent(browser, path))
    print(json.dumps(found))


def signed_in(browser: httpx2.Client, path: str) -> None:
    """Through the choice, the provider's own pages, and back."""
    answer = browser.post(f"{PORTAL}/sign-in/campus", data={"next": path})
    for _ in range(20):
        if "location" in answer.headers:
            answer = browser.get(urljoin(str(answer.url), answer.headers["location"]))
            continue
        asked = [(url, fields) for url, fields in Page(answer).forms if "prompt" in fields]
        if not asked:
            assert (answer.status_code, str(answer.url)) == (200, PORTAL + path)
            return
        url, fields = asked[0]
        more = {"login": "ada", "password": "x"} if fields["prompt"] == "login" else {}
        answer = browser.post(url, data=fields | more)
    raise AssertionError("the provider never sent the browser back")


def saved(browser: httpx2.Client, path: str) -> dict[str, object]:
    handed = browser.post(f"{PORTAL}{path}/tickets")
    link = next(each for each in Page(handed).links if "/t/" in each)
    part = browser.get(link, headers={"range": "bytes=5-9"})
    whole = browser.get(link)
    return {
        "whole": whole.content == PDF.read_bytes(),
        "part": part.status_code == 206 and part.content == PDF.read_bytes()[5:10],
        "by nginx": "x-request-id" not in whole.headers and whole.headers["accept-ranges"] == "bytes",
    }


def sent(browser: httpx2.Client, path: str) -> dict[str, object]:
    page = f"{PORTAL}/desk/titles/{path.rpartition('/')[2]}/file"
    content = PDF.read_bytes() + b"\n"  # another file that is as good
    return {"sent": browser.post(page, files={"pdf": ("rivers-2.pdf", content, "application/pdf")}).status_code == 303}


if __name__ == "__main__":
    main(*sys.argv[1:])
