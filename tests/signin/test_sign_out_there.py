"""Signing out at the provider too, where it offers that."""

from urllib.parse import parse_qs, urlsplit

from tests.signin.hostile import CLIENT_ID, Hostile
from tests.signin.travel import back_from, sessions_kept
from tests.signin.twists import more
from tests.site import Site


def test_the_reader_goes_on_to_the_provider_and_is_sent_back(guarded: Site, hostile: Hostile) -> None:
    hostile.twist("metadata", more(end_session_endpoint=f"{hostile.issuer}/end?theme=plain"))
    client = guarded.browser()
    back_from(client, hostile)
    assert "Sign out here and at Hostile House too" in client.get("/account").text
    answer = client.post("/sign-out", data={"at_provider": "yes"})
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{hostile.issuer}/end"
    assert parse_qs(address.query) == {
        "theme": ["plain"],
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": [f"{guarded.url}/"],
    }
    assert sessions_kept(guarded) == 0


def test_without_being_asked_nobody_is_sent_there(guarded: Site, hostile: Hostile) -> None:
    hostile.twist("metadata", more(end_session_endpoint=f"{hostile.issuer}/end"))
    client = guarded.browser()
    back_from(client, hostile)
    assert client.post("/sign-out").headers["location"] == "/"


def test_where_it_is_not_offered_the_session_here_ends_all_the_same(guarded: Site, hostile: Hostile) -> None:
    client = guarded.browser()
    back_from(client, hostile)
    assert "Sign out here and at Hostile House too" not in client.get("/account").text
    assert client.post("/sign-out", data={"at_provider": "yes"}).headers["location"] == "/"
    assert sessions_kept(guarded) == 0


def test_nobody_is_sent_to_no_provider(guarded: Site) -> None:
    assert guarded.browser().post("/sign-out", data={"at_provider": "yes"}).headers["location"] == "/"
