"""Browsers in a few words."""

import pytest

from api.signin.device import in_words

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1.15", "Safari on Mac"),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} CriOS/140.0 Safari/604.1", "Chrome on iPhone"),
        (
            f"{MOZILLA} (Linux; Android 15) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/120.0", "Opera on Linux"),
        ("curl/8.5.0", "Another program"),
        ("SomeReader/1.0 (Linux)", "Another program on Linux"),
        ("", "Another program"),
        ("<script>Firefox/1" + "x" * 5000 + "Windows", "Firefox"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words
    assert len(words) <= 60
