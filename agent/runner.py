"""Drives turns: claims them, runs the graph, closes them, and takes up what a crash left open."""

from __future__ import annotations

import asyncio
import contextlib
from time import perf_counter
from typing import Any
from weakref import WeakValueDictionary

import structlog
from langchain_core.runnables import RunnableConfig
from sqlalchemy.exc import SQLAlchemyError

from agent.answer import failure_reply, reply_of, silent_reply
from agent.context import Context, Ports
from agent.graph import Graph
from agent.handoff import handoff_id
from agent.remembering import remember
from agent.work import TurnWork
from conversations.errors import (
    AutomationStopped,
    ConversationErased,
    LeaseLost,
    OwnerChanged,
    UnknownConversation,
)
from conversations.leases import worker_name
from conversations.models import Author, Conversation, DraftReply, EventKind, Message, Owner, Reply, Turn
from conversations.outbox import Closed
from persistence.checkpointer import Checkpoints
from tools.tool import Identity

log = structlog.get_logger(__name__)

HEARTBEAT_S = 5.0
SWEEP_S = 5.0
MAX_ATTEMPTS = 3
RECENT_MESSAGES = 12


class Runner:
    """One process's worker. Turns of one conversation run one after the other, those of several side by side."""

    def __init__(
        self, ports: Ports, graph: Graph, checkpoints: Checkpoints, *, burst_wait_s: float = 0.0
    ) -> None:
        self._ports = ports
        self._graph = graph
        self._checkpoints = checkpoints
        self._burst_wait_s = burst_wait_s
        self._worker = worker_name()
        self._driving: dict[str, asyncio.Task[None]] = {}
        self._heard: WeakValueDictionary[str, asyncio.Future[Reply]] = WeakValueDictionary()
        """Message → where its reply is put for those who wait in this process."""
        self._again: set[str] = set()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what was left open, and keep looking for what other processes leave."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Finish the turns under way."""
        if self._sweeper:
            self._sweeper.cancel()
        await asyncio.gather(*self._driving.values(), return_exceptions=True)

    def notify(self, conversation_id: str) -> None:
        """A message was accepted."""
        if conversation_id in self._driving:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._drive(conversation_id))
        self._driving[conversation_id] = task
        task.add_done_callback(lambda _: self._left(conversation_id))

    def _left(self, conversation_id: str) -> None:
        self._driving.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.notify(conversation_id)

    async def wait(self, message_id: str, conversation_id: str, timeout_s: float) -> Reply | None:
        """The stored reply to a message, None when it is not there in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        heard = self._heard.setdefault(message_id, loop.create_future())
        if driving := self._driving.get(conversation_id):
            await asyncio.wait((heard, driving), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        with self._ports.conversations.signals.subscribe(conversation_id) as bell:
            while True:
                reply = (
                    heard.result() if heard.done() else await self._ports.conversations.reply_for(message_id)
                )
                left = deadline - loop.time()
                if reply is not None or left <= 0:
                    return reply
                # Another process may have the conversation; its bell does not ring here.
                await bell.wait(min(left, 0.5))

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation_id in await self._ports.conversations.unclosed():
                    if conversation_id not in self._driving:
                        self.notify(conversation_id)
            except SQLAlchemyError as error:
                log.warning("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_S)

    async def _drive(self, conversation_id: str) -> None:
        if self._burst_wait_s:
            await asyncio.sleep(self._burst_wait_s)
        try:
            while turn := await self._ports.conversations.claim(conversation_id, self._worker):
                closed = await self._attempt(turn)
                if not closed.more:
                    break
        except (LeaseLost, UnknownConversation):
            log.info("turn_left_to_another", conversation=conversation_id)
            await self._forget_erased(conversation_id)
        except SQLAlchemyError as error:
            # The rows stay unclosed: the sweeper takes them up when the database is back.
            log.warning("turn_postponed", conversation=conversation_id, error=type(error).__name__)
            with contextlib.suppress(SQLAlchemyError):
                await self._ports.conversations.release(conversation_id, self._worker)

    async def _forget_erased(self, conversation_id: str) -> None:
        """What this turn saved after its conversation was erased goes as well."""
        try:
            await self._ports.conversations.get(conversation_id)
        except ConversationErased:
            await self._checkpoints.forget(conversation_id)
            await self._ports.proposals.erase(conversation_id)
        except (SQLAlchemyError, UnknownConversation) as error:
            log.warning("erased_turn_not_forgotten", conversation=conversation_id, error=type(error).__name__)

    async def _attempt(self, turn: Turn) -> Closed:
        """Run a turn to its end; a turn that keeps failing is given to a person instead of being lost."""
        beating = asyncio.create_task(self._beat(turn))
        try:
            for attempt in range(1, MAX_ATTEMPTS + 1):
                try:
                    return await self._run(turn)
                except (LeaseLost, UnknownConversation, SQLAlchemyError):
                    raise
                except AutomationStopped:
                    turn = (await self._with_what_left(turn)).model_copy(update={"stopped": True})
                except Exception as error:
                    log.error(
                        "turn_failed",
                        turn=turn.id,
                        attempt=attempt,
                        error=type(error).__name__,
                        exc_info=True,
                    )
                    turn = await self._with_what_left(turn)
            return await self._give_up(turn)
        finally:
            beating.cancel()

    async def _with_what_left(self, turn: Turn) -> Turn:
        """The turn with the sentences that the attempt which just failed has committed."""
        events = await self._ports.conversations.turn_events(turn.conversation_id, turn.id, 0)
        left = (event.payload["text"] for event in events if event.kind is EventKind.SENTENCE)
        return turn.model_copy(update={"sentences": tuple(left), "found": None})

    async def _beat(self, turn: Turn) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._ports.conversations.heartbeat(turn, self._worker)

    async def _run(self, turn: Turn) -> Closed:
        started = perf_counter()
        work = await self._begin(turn)
        config: RunnableConfig = {"configurable": {"thread_id": turn.conversation_id}}
        if work.conversation.checkpoint_id:
            # Always from the state that the last closed turn left: a half-run attempt leaves no trace.
            config["configurable"]["checkpoint_id"] = work.conversation.checkpoint_id
        else:
            await self._checkpoints.forget(turn.conversation_id)
        context = Context(self._ports, work)
        try:
            start: Any = {"turn": turn.id}
            await self._graph.ainvoke(start, config, context=context, durability="exit")
            checkpoint = self._checkpoints.newest(turn.conversation_id)
            if work.silent:
                return await self._close_silently(turn, work)
            reply = reply_of(self._ports, work)
            reply.timings_ms["total"] = round((perf_counter() - started) * 1000, 2)
            return await self._close(turn, work, reply, checkpoint)
        except OwnerChanged:
            # A person took over while the machine was thinking: what has not left does not leave.
            return await self._close_silently(turn, work)

    async def _begin(self, turn: Turn) -> TurnWork:
        conversation = await self._as_found(turn)
        said, grants = await self._ports.conversations.background(turn.conversation_id, RECENT_MESSAGES)
        now = {message.id for message in turn.messages}
        recent = tuple(one for one in said if one.id not in now and _of_ours(one))
        identity = Identity(conversation.customer_id, conversation.customer_email, grants)
        return TurnWork(turn, conversation, recent, identity, self._worker)

    async def _as_found(self, turn: Turn) -> Conversation:
        """The conversation as the turn found it: the handoff of an attempt that broke off is this turn's own."""
        conversation = turn.found or await self._ports.conversations.get(turn.conversation_id)
        if conversation.owner is not Owner.QUEUE:
            return conversation
        filed = await self._ports.conversations.open_handoff(turn.conversation_id)
        ours = filed is not None and filed.id == handoff_id(turn)
        return conversation.model_copy(update={"owner": Owner.ASSISTANT}) if ours else conversation

    async def _close(self, turn: Turn, work: TurnWork, reply: Reply, checkpoint: str) -> Closed:
        closed = await self._store(turn, reply, work.locale.language, checkpoint, work.draft)
        await self._forget_before(turn, checkpoint)
        await remember(self._ports, work)
        return closed

    async def _store(
        self,
        turn: Turn,
        reply: Reply,
        language: str,
        checkpoint: str | None = None,
        draft: DraftReply | None = None,
    ) -> Closed:
        """Close the turn in the rows, and tell those who wait here: they need not look for the reply."""
        closed = await self._ports.conversations.close_turn(
            turn, self._worker, reply, checkpoint, language, draft
        )
        for message in turn.messages:
            heard = self._heard.get(message.id)
            if closed.reply is not None and heard is not None and not heard.done():
                heard.set_result(closed.reply)
        return closed

    async def _forget_before(self, turn: Turn, checkpoint: str) -> None:
        """The turn is closed: what goes wrong here must not run it again, and the next turn forgets as well."""
        try:
            await self._checkpoints.forget_before(turn.conversation_id, checkpoint)
        except Exception as error:
            log.warning("states_not_forgotten", conversation=turn.conversation_id, error=type(error).__name__)

    async def _close_silently(self, turn: Turn, work: TurnWork) -> Closed:
        reply = silent_reply(self._ports, work)
        return await self._store(turn, reply, work.locale.language, draft=work.draft)

    async def _give_up(self, turn: Turn) -> Closed:
        work = await self._begin(turn)
        if work.conversation.owner is Owner.HUMAN:
            return await self._close_silently(turn, work)
        reply = await failure_reply(self._ports, work)
        try:
            return await self._store(turn, reply, reply.language)
        except OwnerChanged:
            return await self._close_silently(turn, work)


def _of_ours(message: Message) -> bool:
    """What was said to the assistant and by it, drafts that a person has sent among it."""
    return message.author is not Author.STAFF or message.turn_id is not None
