"""What is remembered of a customer from one conversation to the next: small, structured, no word of hers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from conversations.alive import alive
from conversations.customer_tables import customer_conversations, profiles
from conversations.models import Record
from conversations.proofs import Proof, prove
from facts.clock import Clock
from persistence.engine import Database

_PROFILE = select(profiles).where(profiles.c.customer_id == bindparam("customer"))
_OWNER = select(customer_conversations).where(
    customer_conversations.c.conversation_id == bindparam("conversation")
)


class Formality(StrEnum):
    """How she wishes to be addressed: du, tu, tú; or Sie, vous, usted."""

    FAMILIAR = "familiar"
    FORMAL = "formal"


class Profile(Record):
    """`sizes` holds only what she has told: the kind of size → its canonical value."""

    customer_id: str
    language: str | None = None
    sizes: Mapping[str, str] = Field(default_factory=dict)
    last_order: str | None = None
    """The number of the order that she asked about last."""
    formality: Formality | None = None
    """Only what she has wished for in words, never what her own way of writing suggests."""
    updated_at: AwareDatetime


class ProvenCustomer(Record):
    """Whose a conversation is, and how that was shown."""

    customer_id: str
    proof: Proof
    proven_at: AwareDatetime


@dataclass(frozen=True)
class Profiles:
    """Rows keyed by the shop's customer id. Whoever asks has checked her identity."""

    database: Database
    clock: Clock

    async def get(self, customer_id: str) -> Profile | None:
        async with self.database.read() as connection:
            row = (await connection.execute(_PROFILE, {"customer": customer_id})).one_or_none()
        return None if row is None else Profile.model_validate(dict(row._mapping))

    async def proven(self, conversation_id: str) -> ProvenCustomer | None:
        """The customer whose conversation it was shown to be, however long ago."""
        async with self.database.read() as connection:
            row = (await connection.execute(_OWNER, {"conversation": conversation_id})).one_or_none()
        if row is None:
            return None
        return ProvenCustomer(customer_id=row.customer_id, proof=row.proof, proven_at=row.proven_at)

    async def prove(self, conversation_id: str, customer_id: str) -> None:
        """She has given back the code that went to her own address; an erased conversation stays nobody's."""
        async with self.database.write() as connection:
            if await alive(connection, conversation_id):
                await prove(connection, conversation_id, customer_id, Proof.CODE, self.clock.now())

    async def remember(
        self,
        conversation_id: str,
        customer_id: str,
        *,
        language: str | None = None,
        last_order: str | None = None,
        sizes: Mapping[str, str] | None = None,
        formality: Formality | None = None,
    ) -> None:
        """Keep what a turn has learnt; what it does not name stays. After an erasure nothing is kept."""
        told = {"language": language, "last_order": last_order, "formality": formality}
        fresh: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
        known = await self.get(customer_id)
        if sizes:
            fresh["sizes"] = dict(known.sizes if known else {}) | dict(sizes)
        if known is not None and all(getattr(known, name) == value for name, value in fresh.items()):
            return
        try:
            await self._keep(conversation_id, customer_id, fresh)
        except IntegrityError:
            # Her first two conversations end a turn at once: now the row is there.
            await self._keep(conversation_id, customer_id, fresh)

    async def _keep(self, conversation_id: str, customer_id: str, fresh: Mapping[str, Any]) -> None:
        mine, changed = profiles.c.customer_id == customer_id, {**fresh, "updated_at": self.clock.now()}
        async with self.database.write() as connection:
            if not await alive(connection, conversation_id):
                return
            kept = await connection.execute(update(profiles).where(mine).values(changed))
            if kept.rowcount == 0:
                new = {"customer_id": customer_id, "sizes": {}} | changed
                await connection.execute(insert(profiles).values(new))
