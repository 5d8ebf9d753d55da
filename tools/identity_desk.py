"""The identity desk of a deployment: grants and codes as rows, codes by mail, guesses counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from commerce.models import Order
from conversations.codes import CODE_TTL, OneTimeCodes
from conversations.errors import TooManyCodes
from conversations.mail import MailQueue
from conversations.models import Level
from conversations.repository import Conversations
from facts.values import Code, Duration, Fact, Text, TimeUnit
from i18n.locale import Locale
from i18n.rendering import Renderer
from knowledge.policy import Policy
from tools.identity import CodeOutcome

GUESSES = RateLimitItemPerMinute(5, 15)
"""Wrong ones, for an order and for a network address."""

LASTS = {Level.ORDER_READ: timedelta(hours=24), Level.CONFIRMED: timedelta(hours=2)}
"""How long what was shown in a conversation holds."""


class ConversationDesk:
    """Identity as `tools.identity.IdentityDesk` asks for it."""

    def __init__(
        self,
        conversations: Conversations,
        codes: OneTimeCodes,
        mail: MailQueue,
        renderer: Renderer,
        policy: Policy,
        limits_url: str = "memory://",
    ) -> None:
        """`limits_url` is where guesses are counted: `memory://` for one process, `redis://…` for several."""
        self._conversations = conversations
        self._codes = codes
        self._mail = mail
        self._renderer = renderer
        self._policy = policy
        storage = storage_from_string(f"async+{limits_url}")
        if not isinstance(storage, Storage):
            raise ValueError(f"{limits_url} cannot be used asynchronously")
        self._guesses = FixedWindowRateLimiter(storage)

    async def grant(self, conversation_id: str, order_id: str, level: Level) -> None:
        await self._conversations.grant(conversation_id, order_id, level, LASTS[level])

    async def grants(self, conversation_id: str) -> Mapping[str, Level]:
        return await self._conversations.grants(conversation_id)

    async def may_guess(self, address: str, order_number: str) -> bool:
        if address and not await self._guesses.test(GUESSES, "address", address):
            return False
        return await self._guesses.hit(GUESSES, "order", order_number)

    async def wrong_guess(self, address: str, order_number: str) -> None:
        # The order's guess was counted when it was allowed.
        if address:
            await self._guesses.hit(GUESSES, "address", address)

    async def right_guess(self, order_number: str) -> None:
        await self._guesses.clear(GUESSES, "order", order_number)

    async def send_code(self, conversation_id: str, order: Order, language: str) -> bool:
        try:
            code = await self._codes.issue(conversation_id, order.id)
        except TooManyCodes:
            return False
        locale = Locale(language, zone=self._policy.shop.zone)
        facts: dict[str, Fact] = {
            "code": Code(value=code),
            "valid": Duration(value=int(CODE_TTL / timedelta(minutes=1)), unit=TimeUnit.MINUTE),
            "order_number": Code(value=order.number),
            "shop": Text(value=self._policy.shop.name),
        }
        subject, text = (
            self._renderer.message(locale, f"mail.code.{part}", facts) for part in ("subject", "body")
        )
        await self._mail.add(order.email, subject, text, language, conversation_id=conversation_id)
        return True

    async def check_code(self, conversation_id: str, code: str) -> tuple[CodeOutcome, str | None]:
        checked = await self._codes.check(conversation_id, code, LASTS[Level.CONFIRMED])
        return checked.outcome, checked.order_id
