"""Runs a WRITE once: the effect and the outcome of its key are committed together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.embedded import repository
from commerce.embedded.tables import shop_effects
from commerce.errors import IdempotencyMismatch, NotLive, OrderNotFound, VersionConflict
from commerce.models import Order, Record
from facts.clock import Clock
from persistence.engine import Database

Outcome = TypeVar("Outcome", bound=Record)
Effect = Callable[[AsyncConnection, Order], Awaitable[Outcome]]


class Request(BaseModel):
    """What was asked for under a key; its digest tells a repetition from another request."""

    kind: str
    order_id: str
    version: int
    body: dict[str, object]

    @property
    def digest(self) -> str:
        return sha256(self.model_dump_json().encode()).hexdigest()


async def once(
    database: Database,
    clock: Clock,
    key: str,
    request: Request,
    outcome: type[Outcome],
    effect: Effect[Outcome],
) -> Outcome:
    """The outcome of the key: stored, or that of the effect, which runs on the locked order.

    Raises IdempotencyMismatch, NotLive, OrderNotFound, VersionConflict, and whatever the effect raises.
    """
    try:
        return await _attempt(database, clock, key, request, outcome, effect)
    except IntegrityError:
        # Requests for two orders took one key at the same time; now the faster one's outcome is there.
        async with database.read() as connection:
            stored = await _stored(connection, key, request, outcome)
        if stored is None:
            raise
        return stored


async def _attempt(
    database: Database,
    clock: Clock,
    key: str,
    request: Request,
    outcome: type[Outcome],
    effect: Effect[Outcome],
) -> Outcome:
    async with database.write() as connection:
        # The lock comes first: whoever waited for it finds the outcome of the one it waited for.
        lock = repository.order_by_id(request.order_id).with_for_update()
        await connection.execute(lock)
        stored = await _stored(connection, key, request, outcome)
        if stored is not None:
            return stored
        if await repository.as_of(connection) is not None:
            raise NotLive()
        found = await repository.orders(connection, repository.order_by_id(request.order_id))
        if not found:
            raise OrderNotFound(request.order_id)
        if found[0].version != request.version:
            raise VersionConflict(f"order is at version {found[0].version}, not {request.version}")
        result = await effect(connection, found[0])
        row = {
            "key": key,
            "request_digest": request.digest,
            "outcome": result.model_dump(mode="json"),
            "created_at": clock.now(),
        }
        await connection.execute(shop_effects.insert().values(row))
        return result


async def _stored(
    connection: AsyncConnection, key: str, request: Request, outcome: type[Outcome]
) -> Outcome | None:
    row = (await connection.execute(select(shop_effects).where(shop_effects.c.key == key))).one_or_none()
    if row is None:
        return None
    if row.request_digest != request.digest:
        raise IdempotencyMismatch()
    return outcome.model_validate(row.outcome)
