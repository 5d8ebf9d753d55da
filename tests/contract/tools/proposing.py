"""What tests of proposals do and look up, and a back end whose WRITEs break off."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from commerce.embedded.tables import shop_refunds
from commerce.models import Order
from tests.unit.tools.harness import STORIES, Shop, owner
from tools.proposals import Proposal, ProposalState
from tools.tables import ledger
from tools.tool import Identity

STORY = STORIES["processing_eur_en"]
ME = owner(STORY)


class Interrupted:
    """The demo shop's back end; a WRITE meets what `before` and `after` raise, once each."""

    def __init__(
        self, inner: Any, before: BaseException | None = None, after: BaseException | None = None
    ) -> None:
        self._inner, self._before, self._after = inner, before, after
        self.live = True
        self.keys: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def cancel_order(self, *arguments: Any, key: str, **named: Any) -> Any:
        self.keys.append(key)
        raised, self._before = self._before, None
        if raised is not None:
            raise raised
        done = await self._inner.cancel_order(*arguments, key=key, **named)
        raised, self._after = self._after, None
        if raised is not None:
            raise raised
        return done


async def propose(
    shop: Shop, turn: str = "t1", number: str = STORY.number, identity: Identity = ME
) -> Proposal:
    result = await shop.call("cancel_order", {"order_number": number}, shop.context(turn, identity))
    assert result.outcome == "proposed", result
    proposal = await shop.proposals.get(result.data["proposal_id"])
    assert proposal is not None
    return proposal


async def order_of(shop: Shop, number: str = STORY.number) -> Order:
    order = await shop.backend.order_by_number(number)
    assert order is not None
    return order


async def state_of(shop: Shop, proposal: Proposal) -> ProposalState:
    found = await shop.proposals.get(proposal.id)
    assert found is not None
    return found.state


async def refunds_of(shop: Shop, order_id: str) -> int:
    async with shop.database.read() as connection:
        counted = select(func.count()).select_from(shop_refunds).where(shop_refunds.c.order_id == order_id)
        return int((await connection.execute(counted)).scalar_one())


async def ledger_state(shop: Shop, proposal: Proposal) -> str | None:
    async with shop.database.read() as connection:
        row = (await connection.execute(select(ledger).where(ledger.c.key == proposal.id))).one_or_none()
    return None if row is None else row.state
