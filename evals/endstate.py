"""The shop before and after a dialogue, compared by what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commerce.backend import CommerceBackend
from commerce.models import Order, OrderStatus
from evals.cases import EndState, ExpectedReturn


@dataclass(frozen=True, slots=True)
class Snapshot:
    orders: Mapping[str, Order]
    returns: frozenset[str]


async def snapshot(backend: CommerceBackend, numbers: Iterable[str]) -> Snapshot:
    """Every order of the shop, and the returns of those that have moved since they were made."""
    orders = {number: order for number in numbers if (order := await backend.order_by_number(number))}
    return Snapshot(orders, frozenset())


async def differences(
    backend: CommerceBackend, before: Snapshot, expected: EndState, fill: Mapping[str, str]
) -> list[str]:
    """What is not as expected, in words; empty when the end state is right."""
    found: list[str] = []
    after = await snapshot(backend, before.orders)
    changed = {n: o for n, o in after.orders.items() if o.version != before.orders[n].version}
    cancelled = {number.format_map(fill) for number in expected.cancelled}
    returned = {entry.order.format_map(fill): entry for entry in expected.returns}
    for number in sorted(set(changed) - cancelled - set(returned)):
        found.append(f"{number} changed to {changed[number].status}, and should not have")
    for number in sorted(cancelled):
        order = after.orders[number]
        if order.status is not OrderStatus.CANCELLED:
            found.append(f"{number} is {order.status}, not cancelled")
        elif order.version != before.orders[number].version + 1:
            found.append(f"{number} changed more than once")
    for number, wanted in returned.items():
        found += await _return(backend, before.orders[number], wanted, fill)
    return found


async def _return(
    backend: CommerceBackend, order: Order, wanted: ExpectedReturn, fill: Mapping[str, str]
) -> list[str]:
    opened = [each for each in await backend.returns(order.id) if each.created_at > order.placed_at]
    if len(opened) != 1:
        return [f"{order.number} has {len(opened)} returns, not one"]
    lines = opened[0].lines
    skus = {line.id: line.sku for line in order.lines}
    found = sorted(skus[line.order_line_id] for line in lines)
    problems = []
    skus_wanted = sorted(sku.format_map(fill) for sku in wanted.skus or ())
    if skus_wanted and found != skus_wanted:
        problems.append(f"{order.number}: {found} came back, not {skus_wanted}")
    if wanted.reason and any(line.reason != wanted.reason for line in lines):
        problems.append(f"{order.number}: reason {lines[0].reason}, not {wanted.reason}")
    if wanted.quantity and sum(line.quantity for line in lines) != wanted.quantity:
        problems.append(
            f"{order.number}: {sum(line.quantity for line in lines)} pieces, not {wanted.quantity}"
        )
    return problems
