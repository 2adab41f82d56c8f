"""Which institution's use something is, as things stand at that moment: by sign-in first, then by network."""

import ipaddress
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.access.institutions import OF_HOUSE, House, Network
from api.access.known import Known
from api.access.policy import Reader
from api.edge.network import address_of
from api.tables import Institution
from api.usage.record import Sighting

_REVISION = "SELECT number FROM catalogue_revision"  # asked for each download, so as the driver takes it
_HOUSES = sa.select(*OF_HOUSE).order_by(col(Institution.slug))


class Houses:
    """The institutions of one portal, read again when the shelf's revision says that something has changed."""

    def __init__(self) -> None:
        self._revision: int | None = -1
        self._by_sign_in: list[House] = []
        self._networks: list[tuple[Network, str]] = []

    def of(self, db: Db, sightings: Sequence[Sighting]) -> list[str | None]:
        """The slug of the institution that each sighting counts for, or None. Of several the first by its slug."""
        revision = db.connection().exec_driver_sql(_REVISION).scalar()
        if revision != self._revision:
            self._read_again(db)
            self._revision = revision
        if not self._by_sign_in and not self._networks:
            return [None] * len(sightings)
        found: dict[tuple[Reader | None, str], str | None] = {}
        for seen in sightings:
            caller = (seen.reader, seen.caller.address)
            if caller not in found:
                found[caller] = self._signed_in(db, seen.reader) or self._inside(seen.caller.address)
        return [found[seen.reader, seen.caller.address] for seen in sightings]

    def _read_again(self, db: Db) -> None:
        houses = [House(*row) for row in db.connection().execute(_HOUSES)]
        self._by_sign_in = [replace(house, networks=()) for house in houses if house.issuer or house.domains]
        self._networks = [(ipaddress.ip_network(each), house.slug) for house in houses for each in house.networks]

    def _signed_in(self, db: Db, reader: Reader | None) -> str | None:
        if reader is None or not self._by_sign_in:
            return None
        known = Known(db, [], reader)
        return next((house.slug for house in self._by_sign_in if known.belongs_to(house)), None)

    def _inside(self, address: str) -> str | None:
        asking = address_of(address)
        if asking is None:
            return None
        return next((slug for network, slug in self._networks if asking in network), None)
