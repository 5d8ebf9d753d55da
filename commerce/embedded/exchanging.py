"""What starting an exchange does to the shop's tables."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commerce.disputes import decided_elsewhere
from commerce.embedded import repository
from commerce.embedded.claims import claims
from commerce.embedded.exchange_tables import shop_exchanges
from commerce.embedded.exchanges import exchange_row, exchanges
from commerce.embedded.records import return_row
from commerce.embedded.returning import ALPHABET, HANDED_OVER, free_number, remaining
from commerce.embedded.tables import shop_orders, shop_returns, shop_variants
from commerce.errors import LineNotExchangeable, OutOfStock
from commerce.exchanges import Exchange, ExchangeDraft, ExchangeStatus
from commerce.models import Order, OrderLine, Return, ReturnLine, ReturnStatus
from facts.clock import Clock
from facts.identifiers import new_id
from facts.values import Money


async def start_exchange(
    connection: AsyncConnection, order: Order, draft: ExchangeDraft, clock: Clock
) -> Exchange:
    """Set the new pieces aside and open the return of the old ones; LineNotExchangeable, OutOfStock."""
    line = await _line(connection, order, draft)
    options = await _set_aside(connection, line, draft)
    now = clock.now()
    return_ = await _return(connection, order, draft, now)
    exchange = Exchange(
        id=new_id("exc"),
        number=await _free_number(connection),
        options=options,
        status=ExchangeStatus.AGREED,
        return_id=return_.id,
        return_number=return_.number,
        created_at=now,
        **draft.__dict__,
    )
    await connection.execute(shop_exchanges.insert().values(exchange_row(exchange)))
    grown = update(shop_orders).where(shop_orders.c.id == order.id).values(version=order.version + 1)
    await connection.execute(grown)
    return exchange


async def _line(connection: AsyncConnection, order: Order, draft: ExchangeDraft) -> OrderLine:
    currencies = {order.total.currency, draft.difference.currency, draft.fee.currency}
    if len(currencies) != 1 or draft.fee.minor < 0 or -draft.balance.minor > order.total.minor:
        raise ValueError("an exchange is settled in the order's currency and within its total")
    if order.status not in HANDED_OVER:
        raise LineNotExchangeable(f"order is {order.status}")
    if decided_elsewhere(await repository.disputes(connection, order.id), order.total):
        raise LineNotExchangeable("a bank or payment service decides about the money")
    left = remaining(
        order,
        await repository.returns(connection, order.id),
        await claims(connection, order.id),
        await exchanges(connection, order.id),
    )
    line = next((each for each in order.lines if each.id == draft.order_line_id), None)
    if line is None or draft.quantity > left[line.id]:
        raise LineNotExchangeable(f"{draft.quantity} pieces exchanged of line {draft.order_line_id}")
    return line


async def _set_aside(connection: AsyncConnection, line: OrderLine, draft: ExchangeDraft) -> dict[str, str]:
    """Take the new pieces out of the stock; the variant must be another one of the product that was bought."""
    if draft.sku == line.sku:
        raise LineNotExchangeable("the same variant is no exchange")
    there = (
        (shop_variants.c.sku == draft.sku)
        & (shop_variants.c.product_id == line.product_id)
        & (shop_variants.c.stock >= draft.quantity)
        & ~shop_variants.c.held
    )
    less = shop_variants.c.stock - draft.quantity
    taken = await connection.execute(update(shop_variants).where(there).values(stock=less))
    if taken.rowcount != 1:
        raise OutOfStock(draft.sku)
    options = await connection.scalar(select(shop_variants.c.options).where(shop_variants.c.sku == draft.sku))
    return dict(options or {})


async def _return(connection: AsyncConnection, order: Order, draft: ExchangeDraft, now: datetime) -> Return:
    opened = Return(
        id=new_id("ret"),
        number=await free_number(connection),
        order_id=order.id,
        lines=(ReturnLine(order_line_id=draft.order_line_id, quantity=draft.quantity, reason=draft.reason),),
        status=ReturnStatus.APPROVED,
        created_at=now,
        send_by=draft.send_by,
        expected_refund=Money(minor=max(0, -draft.balance.minor), currency=draft.fee.currency),
        fee=draft.fee,
    )
    await connection.execute(shop_returns.insert().values(return_row(opened)))
    return opened


async def _free_number(connection: AsyncConnection) -> str:
    while True:
        number = "X-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
        taken = await connection.scalar(select(shop_exchanges.c.id).where(shop_exchanges.c.number == number))
        if taken is None:
            return number
