"""Many messages at once: all are answered, in order, by one reply owner."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from conversations.models import Author, EventKind, Reply
from tests.integration.agent.conftest import House, Open, Talk


async def test_twenty_messages_in_a_second_are_all_answered_in_order(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    replies = await asyncio.gather(*(talk.say(f"Thank you, {n}") for n in range(20)))
    by_id = {message.id: message for message in await talk.transcript()}
    customers = [message for message in by_id.values() if message.author is Author.CUSTOMER]
    assert sorted(message.text for message in customers) == sorted(f"Thank you, {n}" for n in range(20))
    for number, reply in enumerate(replies):
        assert f"Thank you, {number}" in [by_id[each].text for each in reply.in_reply_to]
    await answers_are_in_order(house, talk)


async def test_twenty_first_message_of_a_second_is_refused_and_not_kept(quick_house: House) -> None:
    talk = await quick_house.open(language="de")
    answers = await asyncio.gather(*(talk.post("Thank you") for _ in range(21)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 1
    assert refused[0].json()["detail"] in {
        quick_house.words(language, "problem.too_many_messages") for language in ("de", "en")
    }
    assert int(refused[0].headers["Retry-After"]) >= 1
    kept = [m for m in await talk.transcript() if m.author is Author.CUSTOMER]
    assert len(kept) == 20


async def test_burst_shares_one_stored_reply(shop_url: str, open_house: Open) -> None:
    house = await open_house(shop_url, burst_wait_ms=200)
    talk = await house.open()
    replies = await asyncio.gather(*(talk.say(text) for text in ("Hello", "Thank you", "Thank you again")))
    assert len({reply.model_dump_json() for reply in replies}) == 1
    messages = await talk.transcript()
    assert replies[0].in_reply_to == tuple(message.id for message in messages[:3])
    assert [message.author for message in messages] == [*[Author.CUSTOMER] * 3, Author.ASSISTANT]


async def answers_are_in_order(house: House, talk: Talk) -> None:
    """Every message is part of one turn; turns follow one another, each with one reply to what came before it."""
    events = await house.conversations.events_after(talk.id, 0, 1_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    replies = [Reply.model_validate(e.payload) for e in events if e.kind is EventKind.REPLY]
    turns = [event.turn_id for event in events if event.kind is EventKind.TURN_STARTED]
    assert [event.turn_id for event in events if event.kind is EventKind.REPLY] == turns
    messages = await talk.transcript()
    customers = [message for message in messages if message.author is Author.CUSTOMER]
    assert [each for reply in replies for each in reply.in_reply_to] == [m.id for m in customers]
    seq = {message.id: message.seq for message in messages}
    for reply in replies:
        assert seq[reply.message_id] > max(seq[each] for each in reply.in_reply_to)
    assert [m.id for m in messages if m.author is Author.ASSISTANT] == [r.message_id for r in replies]


async def insist(talk: Talk, text: str) -> Reply:
    """Send a message, with the same key again where the database is too busy or the turn outlasts the wait."""
    key = uuid4().hex
    while (answer := await talk.post(text, key)).status_code != 200:
        assert answer.status_code in (202, 503), answer.text
    return Reply.model_validate(answer.json())


async def test_two_workers_share_conversations_of_five_simultaneous_messages(
    either_shop_url: str, open_house: Open
) -> None:
    houses = [await open_house(either_shop_url), await open_house(either_shop_url)]
    number = 100 if houses[0].deployment.database.is_sqlite else 40
    talks = await asyncio.gather(*(houses[n % 2].open() for n in range(number)))

    async def send(place: int, talk: Talk) -> Sequence[Reply]:
        """Five messages at once, some to one process and some to the other."""
        doors = [Talk(houses[(place + n) % 2], talk.id, talk.token) for n in range(5)]
        return await asyncio.gather(*(insist(door, f"Thank you, {n}") for n, door in enumerate(doors)))

    for first in range(0, number, 20):
        portion = list(enumerate(talks))[first : first + 20]
        answers = await asyncio.gather(*(send(place, talk) for place, talk in portion))
        assert all(len(replies) == 5 for replies in answers)
    for talk in talks:
        kept = [m.text for m in await talk.transcript() if m.author is Author.CUSTOMER]
        assert sorted(kept) == [f"Thank you, {n}" for n in range(5)]
        await answers_are_in_order(houses[0], talk)
    assert await houses[0].conversations.unclosed() == []
