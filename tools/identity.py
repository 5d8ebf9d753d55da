"""The port to identity in a conversation: grants, one-time codes, and the throttle on guessing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from commerce.models import Order
from conversations.codes import CodeOutcome
from conversations.models import Level

__all__ = ["CodeOutcome", "IdentityDesk"]


class IdentityDesk(Protocol):
    """What tools may do about identity. Grants are rows; a model can only ask for the check, never for the result."""

    async def grant(self, conversation_id: str, order_id: str, level: Level) -> None: ...

    async def grants(self, conversation_id: str) -> Mapping[str, Level]:
        """Order id → level, as it stands now: what was shown earlier in this very turn counts."""
        ...

    async def may_guess(self, address: str, order_number: str) -> bool:
        """False once this address or this order number has seen too many wrong guesses (five in fifteen minutes).

        Asking takes one of the order's five at once, so that fifty who ask together are not fifty guesses."""
        ...

    async def wrong_guess(self, address: str, order_number: str) -> None: ...

    async def right_guess(self, order_number: str) -> None:
        """Somebody who knows the order has been here: the guesses at it are forgotten, those of an address never."""
        ...

    async def send_code(self, conversation_id: str, order: Order, language: str) -> bool:
        """Mail a one-time code to the order's address; False when too many were asked for."""
        ...

    async def check_code(self, conversation_id: str, code: str) -> tuple[CodeOutcome, str | None]:
        """The outcome and, when verified, the order id that is now confirmed."""
        ...
