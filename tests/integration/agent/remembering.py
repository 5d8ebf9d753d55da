"""Customers whom the shop has signed in, for tests of what is remembered of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from pydantic import SecretStr
from sqlalchemy import update

from conversations.tables import handoffs
from i18n.languages import BUILT_IN
from nlu.perception import Answer, IntentScore, Perception
from tests.crash.scripted import ScriptedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open

SECRET = "a secret of sixteen bytes and more for tests"
STORY, OTHER_ORDER = STORIES["in_transit_en"], STORIES["processing_paid_en"]
STRANGER = STORIES["in_transit_de"]
THEIRS = STORIES["processing_paid_de"]
"""An order of somebody else that may still be cancelled."""
MORE = {
    "already wrote": "already_wrote",
    "which size": "size_advice",
    "personal data": "privacy",
}


class Listener(ScriptedUnderstanding):
    """Hears a few more wishes than the others, and a no."""

    async def perceive(
        self, text: str, *, previous_language: str | None, presumed: bool = False
    ) -> Perception:
        seen = await super().perceive(text, previous_language=previous_language, presumed=presumed)
        intent = next((intent for words, intent in MORE.items() if words in text.lower()), None)
        if intent:
            (segment,) = seen.segments
            seen = replace(seen, segments=(replace(segment, intents=(IntentScore(intent, 0.99),)),))
        if text.startswith("No,"):
            seen = replace(seen, answer=Answer.NO)
        # What it reads is English; a conversation that began in another language goes on in it.
        known = previous_language or "en"
        return replace(seen, language=known, language_sure=previous_language is None)


@cache
def listener() -> Listener:
    return Listener([BUILT_IN])


async def open_shop(open_house: Open, url: str) -> House:
    return await open_house(url, listener(), customer_token_secret=SecretStr(SECRET))


def token(customer: str = STORY.customer_id, email: str = STORY.email) -> str:
    """The shop's word for who is signed in."""
    expires = datetime.now(UTC) + timedelta(hours=1)
    return jwt.encode({"sub": customer, "exp": int(expires.timestamp()), "email": email}, SECRET, "HS256")


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


async def waited(house: House, conversation_id: str, hours: int) -> None:
    """As if it had been put before people so many hours earlier."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    async with house.deployment.database.write() as connection:
        mine = handoffs.c.conversation_id == conversation_id
        await connection.execute(update(handoffs).where(mine).values(created_at=since))
