"""What a closed turn leaves for the customer's next conversation, and what a turn takes up of it."""

from __future__ import annotations

import re

import structlog
from sqlalchemy.exc import SQLAlchemyError

from agent.context import Ports
from agent.work import TurnWork
from commerce.errors import BackendUnavailable
from conversations.profiles import Formality
from nlu.intents import Intent
from nlu.perception import EntityKind

log = structlog.get_logger(__name__)

ABOUT_HER_SIZE = frozenset({Intent.SIZE_ADVICE, Intent.PRODUCT_SEARCH})
LETTERS = re.compile(r"[2-5]?x*[sml]", re.IGNORECASE)


async def recall(ports: Ports, work: TurnWork) -> None:
    """The form of address: as she says now, else as her profile has it, else as she said in this conversation."""
    said = work.seen.all(EntityKind.FORMALITY)
    if said:
        work.memory.formality = Formality(said[-1].value)
        return
    customer = await ports.records.customer_of(work.conversation.id, work.identity)
    profile = await ports.records.profiles.get(customer) if customer else None
    if profile and profile.formality:
        work.memory.formality = profile.formality


async def remember(ports: Ports, work: TurnWork) -> None:
    """Keep language, order, sizes and form of address of a customer whose conversation it was shown to be.

    The turn is closed: what goes wrong here must not run it again.
    """
    try:
        customer = await ports.records.customer_of(work.conversation.id, work.identity)
        if customer is None:
            return
        await ports.records.profiles.remember(
            work.conversation.id,
            customer,
            language=work.locale.language if work.seen.language_sure else None,
            last_order=await _own_order(ports, customer, work.memory.order),
            sizes=_sizes(work),
            formality=work.memory.formality,
        )
    except (SQLAlchemyError, BackendUnavailable) as error:
        log.warning("profile_not_kept", conversation=work.conversation.id, error=type(error).__name__)


async def _own_order(ports: Ports, customer_id: str, number: str | None) -> str | None:
    """Only an order of her own account: it will be offered to her where nobody asks who she is."""
    order = await ports.backend.order_by_number(number) if number else None
    return order.number if order is not None and order.customer_id == customer_id else None


def _sizes(work: TurnWork) -> dict[str, str]:
    """A size counts where she names just one of its kind, and speaks of what to wear."""
    found: dict[str, set[str]] = {}
    for segment in work.seen.segments:
        if segment.intent in ABOUT_HER_SIZE:
            for entity in segment.entities:
                if entity.kind is EntityKind.SIZE:
                    found.setdefault(_kind(entity.value), set()).add(entity.value)
    return {kind: next(iter(values)) for kind, values in found.items() if len(values) == 1}


def _kind(size: str) -> str:
    return "letters" if LETTERS.fullmatch(size) else "number"
