"""What one running portal is made of; `create_app` builds it and every request can reach it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import HTTPConnection

from api.database import Database
from api.edge.figures import Figures
from api.edge.pages import Pages
from api.edge.threads import Threads
from api.seal import Seal
from api.settings import Settings
from storage.store import LinkingStore, Store


@dataclass(frozen=True)
class Portal:
    """The parts.

    `store_threads` are for calls on the store while a reader waits, `picture_threads` for drawing.
    `links` is the store where readers are sent on to it by pre-signed links; None where the portal sends the bytes.
    `renew_face` makes a change to the house's name and look show at once on this worker.
    `providers` are sign-in providers by id, in the order readers see them.
    """

    settings: Settings
    database: Database
    seal: Seal
    store: Store
    store_threads: Threads
    picture_threads: Threads
    links: LinkingStore | None
    pages: Pages
    renew_face: Callable[[], None]
    figures: Figures
    providers: Mapping[str, Any]  # api.signin.providers.Provider, which this floor may not import
    journal: Any  # api.usage.journal.Journal, which this floor may not import either
    stamper: Any  # api.delivery.stamper.Stamper
    fair_use: Any  # api.delivery.fair_use.FairUse

    @property
    def provider_names(self) -> dict[str, str]:
        """The label of each provider by its id."""
        return {provider_id: provider.label for provider_id, provider in self.providers.items()}

    @property
    def provider_labels(self) -> list[str]:
        return [provider.label for provider in self.providers.values()]


def portal_of(request: HTTPConnection) -> Portal:
    return cast(Portal, request.app.state.portal)
