"""Somebody was hurt, or nearly: which article it was, and the proposal to staff to take it off sale."""

from __future__ import annotations

from agent.context import Ports
from agent.doing import tool_context
from agent.work import TurnWork
from commerce.errors import BackendUnavailable
from commerce.models import Order, OrderLine
from nlu.perception import Candidate
from tools.holds import HOLD_SKU, hold, named

LATELY = 10
"""How many of her orders are looked through for the article that she names."""

MOST = 3
"""Of an order with more articles, none is held unless she names it."""

Article = tuple[Order, OrderLine]


async def report_danger(ports: Ports, work: TurnWork) -> None:
    """Name the article to staff and ask them to hold it; what is not known of it keeps nobody waiting."""
    try:
        articles = await _articles(ports, work)
        context = tool_context(ports, work)
        for order, line in articles:
            entry = named(context, order, line)
            work.evidence[entry.id] = entry
        if len(articles) > MOST:
            return
        for order, line in articles:
            if not await _held(ports, line):
                await ports.proposals.ask_staff(context, HOLD_SKU, hold(context, order, line))
    except (BackendUnavailable, TimeoutError):
        return


async def _articles(ports: Ports, work: TurnWork) -> list[Article]:
    """What she names of what she bought; else all of the order in question."""
    known = await ports.backend.order_by_number(work.memory.order) if work.memory.order else None
    orders = [known] if known else []
    if not orders and work.identity.customer_id:
        orders = list(await ports.backend.orders_of(work.identity.customer_id, LATELY))
    bought = {f"{order.id}/{line.id}": (order, line) for order in orders for line in order.lines}
    candidates = tuple(
        Candidate(key, (line.title, *line.titles.values()), dict(line.options))
        for key, (_, line) in bought.items()
    )
    meant = ports.understanding.mentioned(work.text, candidates, work.locale.language)
    chosen = [bought[candidate.id] for candidate in meant]
    if not chosen and known:
        chosen = [(known, line) for line in known.lines]
    return list({line.sku: (order, line) for order, line in chosen}.values())


async def _held(ports: Ports, line: OrderLine) -> bool:
    product = await ports.backend.product(line.product_id)
    return any(each.sku == line.sku and each.held for each in product.variants) if product else False
