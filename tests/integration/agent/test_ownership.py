"""One party answers: where a person takes over while the machine thinks, nothing more of the machine's leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from agent.planners.planner import Phrase, PlanItem, ToolCall, View
from agent.runner import Runner
from conversations.models import Author, EventKind, Owner, Reply
from tests.integration.agent.conftest import ANNA, STORIES, House, Open, Talk, told

STORY = STORIES["processing_paid_en"]


@dataclass
class ThinkingPlanner:
    """Says one thing, thinks until it is let go on, and goes on."""

    then: PlanItem
    thinks: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "thinking"
    streaming: bool = True

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        yield Phrase("social.greeting")
        # A streaming planner goes on once the sentence has been committed.
        self.thinks.set()
        await self.go_on.wait()
        yield self.then
        yield Phrase("social.thanks")


async def taken_over(house: House, talk: Talk, planner: ThinkingPlanner) -> tuple[Runner, Reply]:
    """The reply to a message in whose turn a person took over."""
    await house.idle()
    runner = house.another_runner(planner=planner)
    accepted = await house.conversations.accept(talk.id, "Hello", "k")
    runner.notify(talk.id)
    await planner.thinks.wait()
    await house.conversations.take(talk.id, ANNA)
    planner.go_on.set()
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    assert reply is not None
    return runner, reply


async def test_person_who_takes_over_stops_the_machine_in_the_middle_of_its_answer(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    runner, reply = await taken_over(house, talk, ThinkingPlanner(Phrase("social.goodbye")))
    await runner.stop()
    greeting = house.words("en", "social.greeting")
    assert (reply.text, reply.owner) == (greeting, Owner.HUMAN)
    events = await house.conversations.events_after(talk.id, 0)
    assert [e.payload["text"] for e in events if e.kind is EventKind.SENTENCE] == [greeting]
    assert [m.text for m in await talk.transcript()] == ["Hello", greeting]
    assert await house.conversations.unclosed() == []


async def test_machine_remembers_nothing_of_the_turn_that_was_taken_from_it(quick_house: House) -> None:
    talk = await quick_house.open(market="GB")
    await talk.say(f"Where is my order {STORY.number}? I am {STORY.email}")
    known = (await quick_house.conversations.get(talk.id)).checkpoint_id
    call = ToolCall("c1", "cancellable", {"order_number": STORY.number})
    runner, _ = await taken_over(quick_house, talk, ThinkingPlanner(call))
    await runner.stop()
    assert (await quick_house.conversations.get(talk.id)).checkpoint_id == known
    await quick_house.conversations.hand_back(talk.id, ANNA)
    assert told(await talk.say("Please cancel it")) == ["identity.code_sent"]


async def test_messages_to_a_person_are_hers_until_she_hands_back(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    await house.conversations.take(talk.id, ANNA)
    silent = [await talk.say(text) for text in ("Are you there?", "Hello?")]
    await house.conversations.staff_reply(talk.id, ANNA, "Yes, I am.", "s1")
    await house.conversations.hand_back(talk.id, ANNA)
    spoken = await talk.say("Thank you")
    assert [(reply.text, reply.owner) for reply in silent] == [("", Owner.HUMAN)] * 2
    assert (bool(spoken.text), spoken.owner) == (True, Owner.ASSISTANT)
    authors = [message.author for message in await talk.transcript()]
    assert authors == [
        Author.CUSTOMER,
        Author.CUSTOMER,
        Author.STAFF,
        Author.CUSTOMER,
        Author.ASSISTANT,
    ]


async def test_yes_to_a_person_carries_nothing_out(quick_house: House) -> None:
    talk = await quick_house.open(market="GB")
    await talk.say(f"Where is my order {STORY.number}? I am {STORY.email}")
    await quick_house.deployment.ports.identity_desk.grant(talk.id, f"ord_{STORY.number[3:]}", 2)  # type: ignore[arg-type]
    proposed = await talk.say("Please cancel it")
    assert told(proposed) == ["cancel.proposed"]
    await quick_house.conversations.take(talk.id, ANNA)
    assert (await talk.say("Yes")).text == ""
    order = await quick_house.deployment.backend.order_by_number(STORY.number)
    assert order is not None
    assert order.status == "processing"
