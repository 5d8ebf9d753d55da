"""Whether an order's pieces may come back today: by the shop's policy or by law, whichever is better for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from commerce.claims import Claim
from commerce.exchanges import Exchange
from commerce.models import Order, OrderLine, OrderStatus, Return
from facts.values import Code, Country, Date, Duration, Fact
from tools.days import local_day
from tools.items import items
from tools.refunds import ON_THE_WAY, gone
from tools.tool import ToolContext
from tools.withdrawal import Right, right_of, rule_of

Pieces = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may come back; worded by the statement `return.<outcome>`."""

    outcome: str
    facts: dict[str, Fact] = field(default_factory=dict)
    unchecked: Country | None = None
    """The country whose law nobody has checked, where the shop's own rules alone refuse."""


@dataclass(frozen=True, slots=True)
class Eligible:
    """The lines with the pieces that are left; `gone` has, for every line, the pieces that are not."""

    lines: tuple[tuple[OrderLine, int], ...]
    final_sale: tuple[OrderLine, ...]
    gone: dict[str, int]
    last_days: Mapping[str, date]
    """Line id → the last day of each of `lines`."""
    away: tuple[OrderLine, ...] = ()
    """Lines of which every piece is back, on its way, or settled otherwise."""
    late: tuple[OrderLine, ...] = ()
    """Lines whose last day has passed, while that of others has not."""
    too_late: Mapping[str, Fact] = field(default_factory=dict)
    """What is told of those."""
    unsure: tuple[OrderLine, ...] = ()
    """Lines that the policy refuses and a law that nobody has checked would allow: a person decides."""
    by_law: tuple[OrderLine, ...] = ()
    """Those of `lines` that the law allows and not the policy."""
    right: Right | None = None
    lasting: frozenset[str] = frozenset()
    """Ids of the lines for which a checked right still lasts."""
    settled_otherwise: bool = False
    """Whether a claim or an exchange stands for some of the order."""

    def free_by_law(self, pieces: Pieces) -> bool:
        """Whether the law makes the seller pay the way back of these."""
        return (
            self.right is not None
            and self.right.seller_pays
            and all(each.id in self.lasting for each, _ in pieces)
        )

    def whole_by_law(self, pieces: Pieces) -> bool:
        """Whether with these everything of the order has come back within a right that repays its delivery."""
        if self.right is None or not self.right.rule.refund_includes_delivery or self.settled_otherwise:
            return False
        left = {line.id: count for line, count in self.lines}
        rest = self.final_sale or self.late or self.unsure
        return not rest and left == {line.id: count for line, count in pieces} and left.keys() <= self.lasting


async def eligibility_of(context: ToolContext, order: Order) -> Eligible | Refusal:
    """What may come back of it, by all that the shop has on record."""
    backend = context.backend
    return eligibility(
        context,
        order,
        await backend.returns(order.id),
        await backend.claims(order.id),
        await backend.exchanges(order.id),
    )


def eligibility(
    context: ToolContext,
    order: Order,
    returns: Sequence[Return],
    claims: Sequence[Claim] = (),
    exchanges: Sequence[Exchange] = (),
) -> Eligible | Refusal:
    """What may come back. The day of delivery does not count; the last day of the window does."""
    if order.status is OrderStatus.CANCELLED:
        return Refusal("cancelled")
    if order.delivered_at is None:
        return Refusal("none_left") if order.status is OrderStatus.RETURNED else Refusal("not_delivered")
    away = gone(order, returns, claims, exchanges)
    left = [(line, line.quantity - away[line.id]) for line in order.lines if line.quantity > away[line.id]]
    if not left:
        return _nothing_left(returns, claims, exchanges)
    terms = _terms(context, order, local_day(order.delivered_at, context.locale.zone))
    today = local_day(context.clock.now(), context.locale.zone)
    allowed = tuple((line, pieces) for line, pieces in left if today <= terms.last_day(line))
    if not allowed:
        return _refused(context, order, left, terms, today)
    settled = tuple(line for line in order.lines if away[line.id] >= line.quantity)
    open_lines = {line.id for line, _ in allowed}
    refused = [line for line in order.lines if line.id not in open_lines and line not in settled]
    unsure = tuple(line for line in refused if terms.perhaps(line, today))
    kept = [line for line in refused if line not in unsure]
    final = tuple(line for line in kept if terms.excludes(line))
    late = tuple(line for line in kept if line not in final)
    return Eligible(
        lines=allowed,
        final_sale=final,
        gone=away,
        last_days={line.id: terms.last_day(line) for line, _ in allowed},
        away=settled,
        late=late,
        too_late=_too_late(terms, late) if late else {},
        unsure=unsure,
        by_law=tuple(line for line, _ in allowed if today > terms.by_policy(line)),
        right=terms.right,
        lasting=frozenset(line.id for line in order.lines if today <= terms.by_right(line)),
        settled_otherwise=any(each.stands for each in claims) or any(each.stands for each in exchanges),
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    """Both sets of terms for one order."""

    delivered: date
    window: int
    final_sale_excluded: bool
    right: Right | None

    @property
    def policy_day(self) -> date:
        return self.delivered + timedelta(days=self.window)

    def excludes(self, line: OrderLine) -> bool:
        return line.final_sale and self.final_sale_excluded

    def by_policy(self, line: OrderLine) -> date:
        """The last day by the shop's rules; one before delivery where they exclude the line."""
        return date.min if self.excludes(line) else self.policy_day

    def by_right(self, line: OrderLine) -> date:
        """The last day by a law that was checked."""
        sure = self.right is not None and self.right.sure and self.right.covers(line)
        return self.right.last_day if self.right is not None and sure else date.min

    def last_day(self, line: OrderLine) -> date:
        return max(self.by_policy(line), self.by_right(line))

    def perhaps(self, line: OrderLine, today: date) -> bool:
        return self.right is not None and not self.right.sure and self.right.lasts(line, today)


def _terms(context: ToolContext, order: Order, delivered: date) -> _Terms:
    rules = context.policy.returns
    window = rules.window_for(order.shipping_address.country)
    return _Terms(delivered, window, rules.final_sale_excluded, right_of(context, order, delivered))


def _refused(context: ToolContext, order: Order, left: Pieces, terms: _Terms, today: date) -> Refusal:
    unsure = [(line, pieces) for line, pieces in left if terms.perhaps(line, today)]
    if unsure and terms.right is not None:
        return Refusal("right_unverified", {"items": items(order, unsure), **terms.right.facts()})
    rule = rule_of(context, order)
    checked = rule is not None and rule.may_deny
    unchecked = None if checked else Country(code=order.shipping_address.country)
    if today <= terms.policy_day:
        return Refusal("final_sale", {"items": items(order, left)}, unchecked)
    return Refusal("too_late", _too_late(terms, (line for line, _ in left)), unchecked)


def _too_late(terms: _Terms, lines: Iterable[OrderLine]) -> dict[str, Fact]:
    """Of the two windows the one that ended last."""
    window, last_day = Duration(value=terms.window), terms.policy_day
    by_right = max(terms.by_right(line) for line in lines)
    if terms.right is not None and by_right > last_day:
        window, last_day = terms.right.window, by_right
    return {
        "delivered_at": Date(value=terms.delivered),
        "window": window,
        "last_day": Date(value=last_day),
    }


def refused_line(order: Order, allowed: Eligible, line: OrderLine, pieces: int) -> Refusal | None:
    """Why a line may not come back although others may; None where it may, or is settled already."""
    facts: dict[str, Fact] = {"items": items(order, [(line, pieces)])}
    if line in allowed.final_sale:
        return Refusal("final_sale", facts)
    if line in allowed.unsure and allowed.right is not None:
        return Refusal("right_unverified", {**facts, **allowed.right.facts()})
    return Refusal("too_late", {**allowed.too_late}) if line in allowed.late else None


def _nothing_left(
    returns: Sequence[Return], claims: Sequence[Claim], exchanges: Sequence[Exchange]
) -> Refusal:
    if swaps := [each for each in exchanges if each.stands]:
        facts: dict[str, Fact] = {"exchange_number": Code(value=swaps[-1].number)}
        return Refusal("exchanged", facts)
    if settled := [claim for claim in claims if claim.stands]:
        return Refusal("claimed", {"claim_number": Code(value=settled[-1].number)})
    running = [each for each in returns if each.status in ON_THE_WAY]
    if not running:
        return Refusal("none_left")
    newest = max(running, key=lambda each: each.created_at)
    running_facts: dict[str, Fact] = {
        "return_number": Code(value=newest.number),
        "send_by": Date(value=newest.send_by),
    }
    return Refusal("already_open", running_facts)
