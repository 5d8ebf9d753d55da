"""What a dead or failed attempt left behind is taken up: nothing twice, nothing lost, nothing half remembered."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata
from langgraph.checkpoint.memory import InMemorySaver

from agent.graph import build_graph
from agent.handoff import file_handoff
from agent.planners.planner import Phrase, PlanItem, View
from agent.runner import Runner
from agent.work import TurnWork
from conversations.codes import CodeOutcome
from conversations.models import Author, EventKind, HandoffReason, Owner, Reply, Turn
from i18n.locale import Locale
from persistence.checkpointer import Newest
from tests.integration.agent.conftest import STORIES, House, Open, Talk, told
from tools.tool import Identity

STORY = STORIES["processing_paid_en"]
WHERE = f"Where is my order {STORY.number}? I am {STORY.email}"


def dead_worker() -> str:
    """The name of a worker of this host whose process has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{socket.gethostname()}:{ended.pid}:0-gone"


async def claimed_by_the_dead(house: House, talk: Talk, text: str) -> tuple[Turn, str]:
    """A message whose turn was begun by a process that is no more."""
    worker = dead_worker()
    await house.idle()
    await house.conversations.accept(talk.id, text, "the message")
    turn = await house.conversations.claim(talk.id, worker)
    assert turn is not None
    return turn, worker


async def answered(house: House, turn: Turn) -> Reply:
    """The reply once this deployment's runner has looked for what was left open."""
    await house.deployment.runner.start()
    reply = await house.deployment.runner.wait(turn.messages[0].id, turn.conversation_id, 20)
    assert reply is not None
    return reply


async def sentences(house: House, turn: Turn) -> list[str]:
    events = await house.conversations.turn_events(turn.conversation_id, turn.id, 0)
    return [event.payload["text"] for event in events if event.kind is EventKind.SENTENCE]


async def test_turn_of_a_dead_process_is_answered_by_a_new_runner(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    turn, _ = await claimed_by_the_dead(house, talk, WHERE)
    reply = await answered(house, turn)
    assert told(reply)[0].startswith("tracking.")
    assert reply.message_id == turn.reply_id
    assert [message.author for message in await talk.transcript()] == [Author.CUSTOMER, Author.ASSISTANT]


async def test_sentence_that_had_left_is_not_said_again(either_shop_url: str, open_house: Open) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    turn, worker = await claimed_by_the_dead(house, talk, WHERE)
    left = [house.words("en", "social.disclosure"), "This had left."]
    await house.conversations.add_sentences(turn, worker, left, "en")
    reply = await answered(house, turn)
    assert await sentences(house, turn) == left
    assert reply.text == " ".join(left)


async def test_messages_that_came_later_wait_for_their_own_turn(quick_house: House) -> None:
    talk = await quick_house.open()
    turn, _ = await claimed_by_the_dead(quick_house, talk, WHERE)
    later = await quick_house.conversations.accept(talk.id, "Thank you", "later")
    reply = await answered(quick_house, turn)
    second = await quick_house.deployment.runner.wait(later.message.id, talk.id, 20)
    assert second is not None
    assert reply.in_reply_to == (turn.messages[0].id,)
    assert second.in_reply_to == (later.message.id,)


async def test_right_code_counts_though_the_attempt_that_used_it_up_died(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open(market="GB")
    await talk.say(WHERE)
    await talk.say("Please cancel it")
    code = await mailed_code(house)
    turn, _ = await claimed_by_the_dead(house, talk, code)
    outcome, _ = await house.deployment.ports.identity_desk.check_code(talk.id, code)
    assert outcome is CodeOutcome.VERIFIED
    reply = await answered(house, turn)
    assert told(reply) == ["cancel.proposed"]
    assert (await talk.say("Yes")).actions[0].state == "executed"


async def mailed_code(house: House) -> str:
    found = re.search(r"\b\d{6}\b", (await house.deployment.mails.recent(1))[0].text)
    assert found
    return found[0]


async def test_handoff_of_a_dead_attempt_is_the_turns_own(either_shop_url: str, open_house: Open) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    turn, worker = await claimed_by_the_dead(house, talk, "I want to talk to a person")
    conversation = await house.conversations.get(talk.id)
    work = TurnWork(turn, conversation, (), Identity(), worker, locale=Locale("en"))
    said = house.words("en", "handoff.asked_for_person")
    await house.conversations.add_sentences(turn, worker, [said], "en")
    filed = await file_handoff(house.deployment.ports, work, HandoffReason.ASKED_FOR_PERSON)
    reply = await answered(house, turn)
    assert reply.handoff == filed
    assert reply.owner is Owner.QUEUE
    assert reply.text.startswith(said)
    open_now = await house.conversations.open_handoff(talk.id)
    assert open_now is not None
    events = await house.conversations.events_after(talk.id, 0)
    assert [event.kind for event in events].count(EventKind.OWNERSHIP) == 1


async def test_half_run_attempt_leaves_no_trace_in_the_graphs_memory(quick_house: House) -> None:
    talk = await quick_house.open(market="GB")
    await talk.say(WHERE)
    graph = build_graph(quick_house.deployment.checkpoints.saver)
    thread: RunnableConfig = {"configurable": {"thread_id": talk.id}}
    before = (await graph.aget_state(thread)).values["memory"]
    strange = before | {"order": "FH-00000", "frames": [{"flow": "return_item", "waiting": "lines"}]}
    await graph.aupdate_state(thread, {"turn": "turn_half_run", "memory": strange}, as_node="reply")
    assert (await graph.aget_state(thread)).values["memory"] == strange
    reply = await talk.say("Please cancel it")
    assert told(reply) == ["identity.code_sent"]
    after = (await graph.aget_state(thread)).values
    assert after["memory"]["order"] == STORY.number
    assert [frame["flow"] for frame in after["memory"]["frames"]] == ["cancel_order"]
    states = [state async for state in graph.aget_state_history(thread)]
    assert [state.values["turn"] for state in states] == [after["turn"]]


async def test_worker_that_tidies_up_late_leaves_the_next_turns_memory(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open(market="GB")
    await talk.say(WHERE)
    first = (await house.conversations.get(talk.id)).checkpoint_id
    await talk.say("Please cancel it")
    assert first is not None
    await house.deployment.checkpoints.forget_before(talk.id, first)
    assert told(await talk.say(await mailed_code(house))) == ["cancel.proposed"]


class FailingSaver(InMemorySaver):
    """Fails to keep the first checkpoints: what a full or locked disk does after the sentences are out."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.newest = Newest()

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: dict[str, Any],
    ) -> RunnableConfig:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        return self.newest.saved(await super().aput(config, checkpoint, metadata, new_versions))


class FailingCheckpoints:
    """On a disk that fails at first, and never forgets anything."""

    def __init__(self, failures: int) -> None:
        self.saver = FailingSaver(failures)

    def newest(self, thread_id: str) -> str:
        return self.saver.newest.take(thread_id)

    async def forget_before(self, thread_id: str, checkpoint_id: str) -> None:
        raise OSError("disk full")

    async def forget(self, thread_id: str) -> None:
        await self.saver.adelete_thread(thread_id)

    async def scrub(self) -> bool:
        return False


async def test_failed_attempt_is_repeated_and_says_nothing_twice(quick_house: House) -> None:
    checkpoints = FailingCheckpoints(1)
    runner = Runner(quick_house.deployment.ports, build_graph(checkpoints.saver), checkpoints)
    talk = await quick_house.open()
    accepted = await quick_house.conversations.accept(talk.id, WHERE, "k")
    runner.notify(talk.id)
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert checkpoints.saver.failures == 0
    assert reply is not None
    events = await quick_house.conversations.events_after(talk.id, 0)
    left = [event.payload["text"] for event in events if event.kind is EventKind.SENTENCE]
    assert len(left) == len(set(left)) > 0
    assert reply.text == " ".join(left)


class BrokenPlanner:
    """Has a bug."""

    name = "broken"
    streaming = False

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        raise ZeroDivisionError
        yield Phrase("social.thanks")


async def test_turn_that_keeps_failing_goes_to_a_person_who_hears_of_it(
    either_shop_url: str, open_house: Open
) -> None:
    house = await open_house(either_shop_url)
    runner = house.another_runner(planner=BrokenPlanner())
    talk = await house.open(language="de")
    accepted = await house.conversations.accept(talk.id, "Thank you", "k")
    runner.notify(talk.id)
    reply = await runner.wait(accepted.message.id, talk.id, 20)
    await runner.stop()
    assert reply is not None
    assert reply.handoff is not None
    assert (reply.handoff.reason, reply.owner) == (HandoffReason.TOOL_FAILURE, Owner.QUEUE)
    assert reply.text
    assert (await talk.transcript())[-1].text == reply.text
    assert await house.conversations.unclosed() == []


async def test_slow_worker_that_lost_its_turn_says_nothing(either_shop_url: str, open_house: Open) -> None:
    house = await open_house(either_shop_url)
    talk = await house.open()
    turn, worker = await claimed_by_the_dead(house, talk, WHERE)
    reply = await answered(house, turn)
    events = await house.conversations.last_event(talk.id)
    late = await asyncio.gather(
        house.conversations.add_sentences(turn, worker, ["Too late."], "en"),
        house.conversations.heartbeat(turn, worker),
        return_exceptions=True,
    )
    assert [type(error).__name__ for error in late] == ["LeaseLost", "LeaseLost"]
    assert await house.conversations.last_event(talk.id) == events
    assert (await talk.transcript())[-1].text == reply.text
