"""F14: a provider is taken out of the settings. Its sessions end with their next request; accounts stay."""

import httpx2
from sqlmodel import select

from api.settings import Settings
from api.tables import Identity
from tests.cast import CLEO, sign_in
from tests.signin.hostile import Hostile
from tests.signin.travel import back_from, sessions_kept
from tests.site import Site, served


def test_sessions_of_a_provider_that_is_taken_out_end_and_its_accounts_stay(
    settings: Settings, hostile: Hostile
) -> None:
    with_it = settings.model_copy(update={"providers": {"hostile": hostile.settings(label="Hostile House")}})
    with served(with_it) as site:
        own, other = site.browser(), site.browser()
        back_from(own, hostile)
        sign_in(other, CLEO)
        assert [each.get("/account").status_code for each in (own, other)] == [200, 200]
        assert sessions_kept(site) == 2
        jars = own.cookies, other.cookies
    with served(settings) as site:
        own, other = (again(site, jar) for jar in jars)
        assert "hostile" not in site.portal.providers, "it is still there, so this would prove nothing"
        answer = own.get("/account")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount")
        assert other.get("/account").status_code == 200
        assert sessions_kept(site) == 1
        with site.portal.database.reading() as db:
            assert hostile.issuer in db.exec(select(Identity.issuer)).all()
    with served(with_it) as site:
        own = again(site, jars[0])
        assert own.get("/account").status_code == 303, "what has ended does not come back with the provider"
        back_from(own, hostile)
        assert own.get("/account").status_code == 200


def again(site: Site, cookies: httpx2.Cookies) -> httpx2.Client:
    """The same browser, where the portal has been started anew."""
    client = site.browser()
    client.cookies.update(cookies)
    return client
