"""One-time codes: mailed to an order's address, they show that the customer reads that mail."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from conversations.alive import alive
from conversations.errors import TooManyCodes, UnknownConversation
from conversations.grants import raise_grant
from conversations.models import Level
from conversations.tables import one_time_codes
from facts.clock import Clock
from facts.identifiers import new_id
from persistence.engine import Database

CODE_TTL = timedelta(minutes=10)
MAX_ATTEMPTS = 5
MAX_CODES = 5
CODES_WINDOW = timedelta(hours=1)


class CodeOutcome(StrEnum):
    VERIFIED = "verified"
    WRONG = "wrong"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """The outcome and, when verified, the order that the code was for."""

    outcome: CodeOutcome
    order_id: str | None = None


class OneTimeCodes:
    """Six digits, kept only as a keyed digest; five tries a code and five codes an hour and order."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret

    async def issue(self, conversation_id: str, order_id: str) -> str:
        """A new code, which takes the place of the conversation's earlier one; raises TooManyCodes."""
        code = f"{secrets.randbelow(1_000_000):06}"
        now = self._clock.now()
        order = self._digest("order", order_id)
        async with self._database.write() as connection:
            # Kept still, so that it never has two open codes.
            if not await alive(connection, conversation_id):
                raise UnknownConversation
            recent = await connection.execute(
                select(func.count())
                .select_from(one_time_codes)
                .where(
                    one_time_codes.c.order_digest == order,
                    one_time_codes.c.created_at > now - CODES_WINDOW,
                )
            )
            if recent.scalar_one() >= MAX_CODES:
                raise TooManyCodes
            await connection.execute(
                update(one_time_codes)
                .where(
                    one_time_codes.c.conversation_id == conversation_id, one_time_codes.c.spent_at.is_(None)
                )
                .values(spent_at=now)
            )
            await connection.execute(
                insert(one_time_codes).values(
                    id=new_id("otc"),
                    conversation_id=conversation_id,
                    order_id=order_id,
                    order_digest=order,
                    code_digest=self._digest("code", conversation_id, order_id, code),
                    attempts=0,
                    created_at=now,
                    expires_at=now + CODE_TTL,
                )
            )
        return code

    async def check(
        self, conversation_id: str, code: str, confirms_for: timedelta | None = None
    ) -> CodeCheck:
        """Try a code against the conversation's open one: a right one is spent, five wrong ones lock it.

        A right one confirms its order for so long in the same transaction: a crash leaves both or neither.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            if not await alive(connection, conversation_id):
                return CodeCheck(CodeOutcome.EXPIRED)
            found = await connection.execute(
                select(one_time_codes)
                .where(
                    one_time_codes.c.conversation_id == conversation_id, one_time_codes.c.spent_at.is_(None)
                )
                .with_for_update()
            )
            row = found.one_or_none()
            if row is None or row.expires_at <= now:
                return CodeCheck(CodeOutcome.EXPIRED)
            if row.attempts >= MAX_ATTEMPTS:
                return CodeCheck(CodeOutcome.LOCKED)
            right = hmac.compare_digest(
                row.code_digest, self._digest("code", conversation_id, row.order_id, code)
            )
            await connection.execute(
                update(one_time_codes)
                .where(one_time_codes.c.id == row.id)
                .values(attempts=row.attempts + 1, spent_at=now if right else None)
            )
            if right and confirms_for is not None and row.order_id is not None:
                until = now + confirms_for
                await raise_grant(connection, conversation_id, row.order_id, Level.CONFIRMED, now, until)
        if right:
            return CodeCheck(CodeOutcome.VERIFIED, row.order_id)
        return CodeCheck(CodeOutcome.LOCKED if row.attempts + 1 == MAX_ATTEMPTS else CodeOutcome.WRONG)

    def _digest(self, *parts: str) -> str:
        text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()
