"""The embedded back end: the commerce port over our own database."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.changes import AddressSaved, LinesDraft, OrderChanged
from commerce.claims import Claim, ClaimDraft
from commerce.coupons import Coupon
from commerce.disputes import Dispute
from commerce.embedded import claims as claim_rows
from commerce.embedded import exchanges as exchange_rows
from commerce.embedded import repository
from commerce.embedded.cancelling import cancel
from commerce.embedded.changing import change_lines, pay_otherwise, readdress, save_address
from commerce.embedded.claiming import hold_variants, open_claim
from commerce.embedded.effects import Effect, Outcome, Request, once
from commerce.embedded.exchanging import start_exchange
from commerce.embedded.fitting import fit_reports, report_fit
from commerce.embedded.load import put, put_as_of, put_shop
from commerce.embedded.returning import open_return
from commerce.errors import BackendUnavailable, NotLive, RecordsClash, ShopLivesHere
from commerce.exchanges import Exchange, ExchangeDraft
from commerce.fit import Fit, FitReport
from commerce.models import (
    Address,
    Cancellation,
    CancelReason,
    Customer,
    Order,
    Product,
    Record,
    Refund,
    Return,
    ReturnDraft,
    Shipment,
)
from commerce.shopdata import ShopData
from facts.clock import Clock
from persistence.engine import Database


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    """A database that is locked, gone or out of connections is a back end that does not answer."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise BackendUnavailable(type(error).__name__) from error


async def _put(connection: AsyncConnection, batch: Sequence[Record]) -> None:
    try:
        await put(connection, batch)
    except IntegrityError as error:
        raise RecordsClash() from error


class EmbeddedBackend:
    """A CommerceBackend on the embedded tables.

    A WRITE on imported data raises NotLive, whatever `live` was given, because an import may have come since.
    """

    def __init__(self, database: Database, clock: Clock, live: bool = True) -> None:
        self._database = database
        self._clock = clock
        self._live = live

    @classmethod
    async def open(cls, database: Database, clock: Clock) -> EmbeddedBackend:
        """The back end of a migrated database; it is live unless the shop in it was imported."""
        async with _answering(), database.read() as connection:
            imported = await repository.as_of(connection)
        return cls(database, clock, live=imported is None)

    @property
    def live(self) -> bool:
        return self._live

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncConnection]:
        async with _answering(), self._database.read() as connection:
            yield connection

    async def _orders(self, ids: Select[Any]) -> list[Order]:
        async with self._read() as connection:
            return await repository.orders(connection, ids)

    async def order(self, order_id: str) -> Order | None:
        return next(iter(await self._orders(repository.order_by_id(order_id))), None)

    async def order_by_number(self, number: str) -> Order | None:
        return next(iter(await self._orders(repository.order_by_number(number))), None)

    async def order_by_tracking(self, tracking_number: str) -> Order | None:
        return next(iter(await self._orders(repository.orders_by_tracking(tracking_number))), None)

    async def orders_of(self, customer_id: str, limit: int = 10) -> Sequence[Order]:
        return await self._orders(repository.orders_of(customer_id, limit))

    async def versions(self) -> Mapping[str, tuple[int, int]]:
        """Of each order, by id, its version and the number of its claims."""
        async with self._read() as connection:
            return await claim_rows.versions(connection)

    async def customer(self, customer_id: str) -> Customer | None:
        async with self._read() as connection:
            return await repository.customer(connection, customer_id)

    async def customer_by_email(self, email: str) -> Customer | None:
        async with self._read() as connection:
            return await repository.customer_by_email(connection, email)

    async def shipments(self, order_id: str) -> Sequence[Shipment]:
        async with self._read() as connection:
            return await repository.shipments(connection, order_id)

    async def returns(self, order_id: str) -> Sequence[Return]:
        async with self._read() as connection:
            return await repository.returns(connection, order_id)

    async def refunds(self, order_id: str) -> Sequence[Refund]:
        async with self._read() as connection:
            return await repository.refunds(connection, order_id)

    async def disputes(self, order_id: str) -> Sequence[Dispute]:
        async with self._read() as connection:
            return await repository.disputes(connection, order_id)

    async def claims(self, order_id: str) -> Sequence[Claim]:
        async with self._read() as connection:
            return await claim_rows.claims(connection, order_id)

    async def claims_of(self, customer_id: str, since: datetime) -> Sequence[Claim]:
        async with self._read() as connection:
            return await claim_rows.claims_of(connection, customer_id, since)

    async def exchanges(self, order_id: str) -> Sequence[Exchange]:
        async with self._read() as connection:
            return await exchange_rows.exchanges(connection, order_id)

    async def fit_reports(self, sku: str) -> Sequence[FitReport]:
        async with self._read() as connection:
            return await fit_reports(connection, sku)

    async def coupon(self, code: str) -> Coupon | None:
        async with self._read() as connection:
            return await repository.coupon(connection, code)

    async def product(self, product_id: str) -> Product | None:
        async with self._read() as connection:
            return next(iter(await repository.products(connection, product_id)), None)

    async def products(self) -> Sequence[Product]:
        async with self._read() as connection:
            return await repository.products(connection)

    async def _once(
        self, key: str, request: Request, outcome: type[Outcome], effect: Effect[Outcome]
    ) -> Outcome:
        async with _answering():
            return await once(self._database, self._clock, key, request, outcome, effect)

    async def cancel_order(
        self, order_id: str, *, reason: CancelReason, version: int, key: str
    ) -> Cancellation:
        request = Request(kind="cancel", order_id=order_id, version=version, body={"reason": reason})
        return await self._once(
            key,
            request,
            Cancellation,
            lambda connection, order: cancel(connection, order, reason, self._clock),
        )

    async def create_return(self, draft: ReturnDraft, *, version: int, key: str) -> Return:
        body = draft.model_dump(mode="json")
        request = Request(kind="return", order_id=draft.order_id, version=version, body=body)
        return await self._once(
            key, request, Return, lambda connection, order: open_return(connection, order, draft, self._clock)
        )

    async def open_claim(self, draft: ClaimDraft, *, version: int, key: str) -> Claim:
        body = draft.model_dump(mode="json")
        request = Request(kind="claim", order_id=draft.order_id, version=version, body=body)
        return await self._once(
            key, request, Claim, lambda connection, order: open_claim(connection, order, draft, self._clock)
        )

    async def start_exchange(self, draft: ExchangeDraft, *, version: int, key: str) -> Exchange:
        body = draft.model_dump(mode="json")
        request = Request(kind="exchange", order_id=draft.order_id, version=version, body=body)
        return await self._once(
            key,
            request,
            Exchange,
            lambda connection, order: start_exchange(connection, order, draft, self._clock),
        )

    async def report_fit(self, order_id: str, line_id: str, kind: Fit) -> FitReport:
        async with _answering(), self._database.write() as connection:
            if await repository.as_of(connection) is not None:
                raise NotLive()
            return await report_fit(connection, order_id, line_id, kind, self._clock)

    async def hold_variants(self, skus: Iterable[str]) -> Sequence[str]:
        async with _answering(), self._database.write() as connection:
            if await repository.as_of(connection) is not None:
                raise NotLive()
            return await hold_variants(connection, skus)

    async def change_shipping_address(
        self, order_id: str, address: Address, *, version: int, key: str
    ) -> OrderChanged:
        body = address.model_dump(mode="json")
        request = Request(kind="address", order_id=order_id, version=version, body=body)
        return await self._once(
            key, request, OrderChanged, lambda connection, order: readdress(connection, order, address)
        )

    async def change_lines(self, draft: LinesDraft, *, version: int, key: str) -> OrderChanged:
        body = draft.model_dump(mode="json")
        request = Request(kind="lines", order_id=draft.order_id, version=version, body=body)
        return await self._once(
            key,
            request,
            OrderChanged,
            lambda connection, order: change_lines(connection, order, draft, self._clock),
        )

    async def change_payment_method(
        self, order_id: str, method: str, *, version: int, key: str
    ) -> OrderChanged:
        request = Request(kind="payment", order_id=order_id, version=version, body={"method": method})
        return await self._once(
            key, request, OrderChanged, lambda connection, order: pay_otherwise(connection, order, method)
        )

    async def set_default_address(
        self, order_id: str, address: Address, *, version: int, key: str
    ) -> AddressSaved:
        body = address.model_dump(mode="json")
        request = Request(kind="default_address", order_id=order_id, version=version, body=body)
        return await self._once(
            key, request, AddressSaved, lambda connection, order: save_address(connection, order, address)
        )

    async def is_empty(self) -> bool:
        """True when there is no order, product or customer yet."""
        async with self._read() as connection:
            return await repository.is_empty(connection)

    async def load(self, shop: ShopData) -> None:
        """Put a whole shop in, in one transaction; records with known ids are replaced."""
        async with _answering(), self._database.write() as connection:
            await put_shop(connection, shop)

    async def replace(self, batches: AsyncIterable[Sequence[Record]], as_of: datetime) -> None:
        """Put imported records in the place of those with their ids, in one transaction.

        From then on the shop is an import of that time and not live. Raises ShopLivesHere when the database
        holds a shop of its own, because the two could not be told apart any more; RecordsClash when a record
        has the number of another one from an earlier import.
        """
        async with _answering(), self._database.write() as connection:
            imported = await repository.as_of(connection)
            if imported is None and not await repository.is_empty(connection):
                raise ShopLivesHere()
            async for batch in batches:
                await _put(connection, batch)
            await put_as_of(connection, as_of)
        self._live = False
