"""Robots are told by COUNTER's list and our own, without regard to case, and kept with a flag."""

import pytest

from api.usage.robots import Robots
from tests.effort import at_most
from tests.make import Made
from tests.site import Site
from tests.usage.conftest import CHROME, FIREFOX, Events, person

ROBOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "GPTBot/1.1",
    "PERPLEXITYBOT",
    "curl/8.5.0",
    "Wget/1.21",
    "python-requests/2.32",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
    "anthropic-ai",
    "Sickle/0.7",
    "Java/17.0.2",
]
PEOPLE = [
    CHROME,
    FIREFOX,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Zotero/7.0",
    "Thorium/3.0",
    "KOReader/2024.04",
    "Lynx/2.9.0",
]


@pytest.fixture(scope="module")
def robots() -> Robots:
    return Robots()


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots(robots: Robots, agent: str) -> None:
    assert robots.know(agent)
    assert robots.know(agent.upper())


@pytest.mark.parametrize("agent", PEOPLE)
def test_people(robots: Robots, agent: str) -> None:
    assert not robots.know(agent)


def test_a_known_agent_takes_microseconds(robots: Robots) -> None:
    robots.told(CHROME.encode())
    with at_most(0.02):
        for _ in range(1000):
            robots.told(CHROME.encode())


def test_an_endless_agent_takes_no_longer_than_a_long_one(robots: Robots) -> None:
    with at_most(0.5):
        robots.told(b"Mozilla/5.0 " * 5000)


def test_robots_are_kept_with_a_flag(site: Site, made: Made, events: Events) -> None:
    for agent in (CHROME, "Sickle/0.7 build 9", "GPTBot/1.1"):
        person(site, agent).get(made.path)
    views = events()
    assert [view.is_robot for view in views] == [False, True, True]
    assert views[1].agent == "Sickle/0.7 build 9"


def test_of_a_persons_agent_enough_is_kept_to_count_again(site: Site, made: Made, events: Events) -> None:
    person(site, "Gleaner/3.14 (+https://gleaner.example.org)").get(made.path)
    person(site, "A" * 1000).get(made.path)
    named, endless = events()
    assert named.agent == "Gleaner/0.0 (+https://gleaner.example.org)"
    assert endless.agent == "A" * 200
