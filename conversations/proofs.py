"""Whose a conversation is, once that has been proven in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.customer_tables import customer_conversations


class Proof(StrEnum):
    """How she has shown who she is. Knowing an order number and an address is none."""

    TOKEN = "token"
    """The shop's signed word."""
    CODE = "code"
    """A one-time code that went to the address of her account."""


async def prove(
    connection: AsyncConnection, conversation_id: str, customer_id: str, proof: Proof, now: datetime
) -> None:
    """Note it inside the caller's transaction, which keeps the conversation still; the shop's word stays."""
    mine = customer_conversations.c.conversation_id == conversation_id
    known = (await connection.execute(select(customer_conversations).where(mine))).one_or_none()
    fresh = {"customer_id": customer_id, "proof": proof, "proven_at": now}
    if known is None:
        new = {"conversation_id": conversation_id} | fresh
        await connection.execute(insert(customer_conversations).values(new))
    elif known.proof != Proof.TOKEN:
        await connection.execute(update(customer_conversations).where(mine).values(fresh))
