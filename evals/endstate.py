"""The shop before and after a dialogue, compared by what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from commerce.backend import CommerceBackend
from commerce.claims import Claim
from commerce.models import Order, OrderStatus
from evals.cases import EndState, ExpectedChange, ExpectedClaim, ExpectedReturn

EVER = datetime(1970, 1, 1, tzinfo=UTC)
ALL = 1_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    orders: Mapping[str, Order]
    """By number."""
    claims: Mapping[str, Sequence[Claim]]
    """By the order's id, where there are any."""


async def snapshot(backend: CommerceBackend, customers: Iterable[str]) -> Snapshot:
    """Every order of these customers, and what has been claimed about it."""
    orders: dict[str, Order] = {}
    claims: dict[str, list[Claim]] = {}
    for customer in customers:
        orders |= {order.number: order for order in await backend.orders_of(customer, limit=ALL)}
        for claim in await backend.claims_of(customer, EVER):
            claims.setdefault(claim.order_id, []).append(claim)
    return Snapshot(orders, claims)


class Versioned(CommerceBackend, Protocol):
    """A back end that tells at once what has changed."""

    async def versions(self) -> Mapping[str, tuple[int, int]]:
        """Of each order, by id, its version and the number of its claims."""
        ...


async def later_snapshot(backend: Versioned, before: Snapshot) -> Snapshot:
    """The snapshot of now, which reads again only the orders that a version or a number of claims says have changed."""
    now = await backend.versions()
    orders, claimed = dict(before.orders), dict(before.claims)
    for number, order in before.orders.items():
        version, claims = now.get(order.id, (0, 0))
        if version != order.version:
            orders[number] = await backend.order(order.id) or order
        if claims != len(before.claims.get(order.id, ())):
            claimed[order.id] = await backend.claims(order.id)
    return Snapshot(orders, claimed)


async def differences(
    backend: CommerceBackend, before: Snapshot, after: Snapshot, expected: EndState, fill: Mapping[str, str]
) -> list[str]:
    """What is not as expected, in words; empty when the end state is right."""
    found: list[str] = []
    changed = {n: o for n, o in after.orders.items() if o.version != before.orders[n].version}
    cancelled = {number.format_map(fill) for number in expected.cancelled}
    returned = {entry.order.format_map(fill): entry for entry in expected.returns}
    claimed = {entry.order.format_map(fill) for entry in expected.claims}
    altered = {entry.order.format_map(fill): entry for entry in expected.changed}
    for number in sorted(set(changed) - cancelled - set(returned) - claimed - set(altered)):
        found.append(f"{number} changed to {changed[number].status}, and should not have")
    for number in sorted(cancelled):
        order = after.orders[number]
        if order.status is not OrderStatus.CANCELLED:
            found.append(f"{number} is {order.status}, not cancelled")
        elif order.version != before.orders[number].version + 1:
            found.append(f"{number} changed more than once")
    for number, wanted in returned.items():
        found += await _return(backend, before.orders[number], wanted, fill)
    found += [
        problem for number, entry in altered.items() for problem in _change(after.orders[number], entry, fill)
    ]
    for number, order in before.orders.items():
        entries = [entry for entry in expected.claims if entry.order.format_map(fill) == number]
        earlier = len(before.claims.get(order.id, ()))
        found += _claims(order, after.claims.get(order.id, ())[earlier:], entries, fill)
    return found


def _change(order: Order, wanted: ExpectedChange, fill: Mapping[str, str]) -> list[str]:
    plain = order.model_dump(mode="json")
    problems = []
    for path, value in wanted.values.items():
        found = _at(plain, path)
        expected = value.format_map(fill) if isinstance(value, str) else value
        if found != expected:
            problems.append(f"{order.number}: {path} is {found!r}, not {expected!r}")
    return problems


def _at(node: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(node, list):
            node = node[int(name)] if int(name) < len(node) else None
        elif isinstance(node, dict):
            node = node.get(name)
    return node


def _claims(
    order: Order, opened: Sequence[Claim], wanted: list[ExpectedClaim], fill: Mapping[str, str]
) -> list[str]:
    if len(opened) != len(wanted):
        return [f"{order.number} has {len(opened)} new claims, not {len(wanted)}"]
    skus = {line.id: line.sku for line in order.lines}
    problems = []
    for claim, entry in zip(opened, wanted, strict=True):
        if claim.kind != entry.kind:
            problems.append(f"{order.number}: a claim of {claim.kind}, not {entry.kind}")
        if entry.remedy and claim.remedy != entry.remedy:
            problems.append(f"{order.number}: the remedy is {claim.remedy}, not {entry.remedy}")
        found = sorted(skus[line.order_line_id] for line in claim.lines)
        if entry.skus and found != sorted(sku.format_map(fill) for sku in entry.skus):
            problems.append(f"{order.number}: the claim is about {found}")
    return problems


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
