"""One-time codes: five tries a code, five codes an hour, counted across processes and through erasure."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from conversations.codes import CODE_TTL, CodeCheck, CodeOutcome, OneTimeCodes
from conversations.errors import TooManyCodes, UnknownConversation
from conversations.models import Conversation
from conversations.repository import Conversations
from facts.clock import FakeClock
from persistence.engine import Database

SECRET = b"a secret of this deployment"


@pytest.fixture
def codes(database: Database, clock: FakeClock) -> OneTimeCodes:
    return OneTimeCodes(database, clock, SECRET)


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_right_code_confirms_its_order_once(codes: OneTimeCodes, conversation: Conversation) -> None:
    code = await codes.issue(conversation.id, "o1")
    assert len(code) == 6
    assert code.isdecimal()
    assert await codes.check(conversation.id, _other(code)) == CodeCheck(CodeOutcome.WRONG)
    assert await codes.check(conversation.id, code) == CodeCheck(CodeOutcome.VERIFIED, "o1")
    assert await codes.check(conversation.id, code) == CodeCheck(CodeOutcome.EXPIRED)


async def test_five_wrong_tries_lock_even_the_right_code(
    codes: OneTimeCodes, conversation: Conversation
) -> None:
    code = await codes.issue(conversation.id, "o1")
    outcomes = [(await codes.check(conversation.id, _other(code))).outcome for _ in range(5)]
    assert outcomes == [CodeOutcome.WRONG] * 4 + [CodeOutcome.LOCKED]
    assert (await codes.check(conversation.id, code)).outcome is CodeOutcome.LOCKED
    fresh = await codes.issue(conversation.id, "o1")
    assert (await codes.check(conversation.id, fresh)).outcome is CodeOutcome.VERIFIED


async def test_fifty_simultaneous_guesses_get_five_tries(
    database_url: str, clock: FakeClock, codes: OneTimeCodes, conversation: Conversation
) -> None:
    elsewhere = Database(database_url)
    sides = (codes, OneTimeCodes(elsewhere, clock, SECRET))
    code = await codes.issue(conversation.id, "o1")
    outcomes = await asyncio.gather(*(sides[n % 2].check(conversation.id, _other(code)) for n in range(50)))
    assert [o.outcome for o in outcomes].count(CodeOutcome.WRONG) == 4
    assert (await codes.check(conversation.id, code)).outcome is CodeOutcome.LOCKED
    await elsewhere.close()


async def test_code_expires_and_a_new_one_takes_its_place(
    codes: OneTimeCodes, conversation: Conversation, clock: FakeClock
) -> None:
    first = await codes.issue(conversation.id, "o1")
    second = await codes.issue(conversation.id, "o2")
    if first != second:
        assert (await codes.check(conversation.id, first)).outcome is CodeOutcome.WRONG
    assert await codes.check(conversation.id, second) == CodeCheck(CodeOutcome.VERIFIED, "o2")
    third = await codes.issue(conversation.id, "o1")
    clock.advance(CODE_TTL)
    assert (await codes.check(conversation.id, third)).outcome is CodeOutcome.EXPIRED


async def test_code_opens_no_other_conversation(
    codes: OneTimeCodes, conversations: Conversations, conversation: Conversation
) -> None:
    other, _ = await conversations.create()
    code = await codes.issue(conversation.id, "o1")
    assert (await codes.check(other.id, code)).outcome is CodeOutcome.EXPIRED
    own = await codes.issue(other.id, "o1")
    if own != code:
        assert (await codes.check(other.id, code)).outcome is CodeOutcome.WRONG


async def test_codes_of_one_order_are_limited_through_new_and_erased_conversations(
    codes: OneTimeCodes, conversations: Conversations, clock: FakeClock
) -> None:
    for _ in range(5):
        opened, _ = await conversations.create()
        await codes.issue(opened.id, "o1")
        await conversations.erase(opened.id)
    opened, _ = await conversations.create()
    with pytest.raises(TooManyCodes):
        await codes.issue(opened.id, "o1")
    await codes.issue(opened.id, "o2")
    clock.advance(timedelta(hours=1))
    await codes.issue(opened.id, "o1")


async def test_code_is_never_stored_and_an_erased_conversation_gets_none(
    codes: OneTimeCodes, conversations: Conversations, conversation: Conversation
) -> None:
    code = await codes.issue(conversation.id, "o1")
    async with conversations.database.read() as connection:
        row = (await connection.execute(text("SELECT * FROM one_time_codes"))).one()
    assert code not in map(str, row)
    await conversations.erase(conversation.id)
    with pytest.raises(UnknownConversation):
        await codes.issue(conversation.id, "o1")
