"""A browser in a few words, from its own long name for itself, so that the long name need not be kept."""

from api.spoken import N_

LONGEST = 1000  # characters that are looked at
OTHER = N_("Another program")

# The first that fits; most browsers also claim to be those below them.
BROWSERS = (
    (("Edg/", "EdgA/", "EdgiOS/"), "Edge"),
    (("OPR/", "Opera"), "Opera"),
    (("SamsungBrowser/",), "Samsung Internet"),
    (("Firefox/", "FxiOS/"), "Firefox"),
    (("Chrome/", "CriOS/", "Chromium/"), "Chrome"),
    (("Safari/",), "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """`Firefox on Linux`, or as much of it as can be told from a User-Agent header."""
    agent = agent[:LONGEST]
    browser = next((name for marks, name in BROWSERS if any(mark in agent for mark in marks)), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    if browser is None:
        return str(OTHER) if system is None else f"{OTHER} on {system}"
    return browser if system is None else f"{browser} on {system}"
