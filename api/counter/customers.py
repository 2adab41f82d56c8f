"""Whose reports there are: each institution's own, and the world's, which is everyone's use."""

from dataclasses import dataclass

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.counter.faults import Fault
from api.counter.items import NAMESPACE
from api.tables import Institution
from api.usage.counting import THE_WORLD

OF_THE_WORLD = "0000000000000000"


@dataclass(frozen=True)
class Customer:
    """`slug` is what sums are kept under, `id` what a request says."""

    slug: str
    id: str
    name: str
    ror: str | None = None

    @property
    def identifiers(self) -> dict[str, list[str]]:
        found = {"Proprietary": [f"{NAMESPACE}:{self.id}"]}
        return found | {"ROR": [self.ror.rpartition("/")[2]]} if self.ror else found


WORLD = Customer(THE_WORLD, OF_THE_WORLD, "The World")


def of_everyone(db: Db) -> list[Customer]:
    rows = db.exec(select(Institution).order_by(col(Institution.slug))).all()
    return [_customer(row) for row in rows]


def find(db: Db, customer_id: str) -> Customer | None:
    """By the institution's short name or its number."""
    if customer_id == OF_THE_WORLD:
        return WORLD
    row = db.exec(select(Institution).where(Institution.slug == customer_id)).first()
    if row is None and customer_id.isascii() and customer_id.isdigit() and len(customer_id) < 10:
        row = db.get(Institution, int(customer_id))
    return _customer(row) if row is not None else None


def allowed(db: Db, customer_id: str, only: str | None) -> Customer:
    """The customer that is asked about. `only` is the one institution a key is for; None: whichever.

    Raises Fault 2010, the same for one that is another's and one that there is not.
    """
    customer = find(db, customer_id)
    if customer is None or only not in (None, customer.slug):
        raise Fault(2010)
    return customer


def _customer(row: Institution) -> Customer:
    return Customer(row.slug, row.slug, row.name, row.ror)
