"""Customers who do not give up: each message is sent with its key until its reply is there."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from time import monotonic
from uuid import uuid4

import httpx

from commerce.demo import Story, stories
from conversations.models import Reply
from tests.crash.shop import TO_CANCEL, TO_RETURN, cancel_number, return_number

CODE = re.compile(r"\b\d{6}\b")
STUCK_S = 60.0
PAUSE_S = 0.02


class Kind(StrEnum):
    """What a turn does."""

    READ = "read"
    ASK = "ask"
    CODE = "code"
    CONFIRM = "confirm"
    REPEAT = "repeat"
    PERSON = "person"


@dataclass
class Talk:
    """What one customer said and heard. Messages of one group were sent at the same time."""

    id: str
    number: str
    wanted: str
    groups: list[frozenset[str]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    confirmed: bool = False
    asked_for_person: bool = False


@dataclass
class Watch:
    """What is under way, for the one who kills: it is woken by every message that leaves."""

    under_way: Counter[Kind] = field(default_factory=Counter)
    took: dict[Kind, deque[float]] = field(default_factory=dict)
    _waiting: list[tuple[Kind, asyncio.Future[None]]] = field(default_factory=list)

    async def next(self, kind: Kind) -> None:
        """Returns when the next message of this kind leaves."""
        leaves: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, leaves))
        await leaves

    def left(self, kind: Kind) -> None:
        self.under_way[kind] += 1
        for waited_for, leaves in self._waiting:
            if waited_for is kind and not leaves.done():
                leaves.set_result(None)
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]

    def answered(self, kind: Kind, seconds: float | None) -> None:
        """The reply is there; `seconds` where nothing came in between."""
        self.under_way[kind] -= 1
        if seconds is not None:
            self.took.setdefault(kind, deque(maxlen=60)).append(seconds)

    def span(self, kind: Kind) -> float:
        """Within which a turn of this kind is very likely over."""
        known = sorted(self.took.get(kind, ()))
        return known[int(len(known) * 0.9)] if known else 0.2


MailFor = Callable[[str], Awaitable[str | None]]
"""Conversation → the text of the newest mail that was queued in it."""
Sign = Callable[[str], str]
"""Customer id → a token signed by the shop."""


class Customer:
    """Plays conversations, one after the other, until told to stop."""

    def __init__(
        self, client: httpx.AsyncClient, watch: Watch, mail_for: MailFor, sign: Sign, random: Random
    ) -> None:
        self._client = client
        self._watch = watch
        self._mail_for = mail_for
        self._sign = sign
        self._random = random
        self.talks: list[Talk] = []
        self.wrong: list[str] = []

    async def cancel(self, place: int) -> None:
        """Ask where the order is, have it cancelled, and say yes."""
        story, number = stories()[TO_CANCEL], cancel_number(place)
        talk, signed = await self._open(story, number, "cancel_order")
        await self._ask_where(talk, story)
        await self._write(talk, "Please cancel it", "cancel", signed)

    async def send_back(self, place: int) -> None:
        """Open a return for an order, and say yes."""
        story, number = stories()[TO_RETURN], return_number(place)
        talk, signed = await self._open(story, number, "start_return")
        if self._random.random() < 0.3:
            await self._ask_where(talk, story)
        text = f"I want to send back {number}, it is too small. I am {story.email}"
        await self._write(talk, text, "return", signed)

    async def _open(self, story: Story, number: str, wanted: str) -> tuple[Talk, bool]:
        signed = self._random.random() < 0.5
        body = {"market": "GB"} | ({"customer_token": self._sign(story.customer_id)} if signed else {})
        while True:
            try:
                answer = await self._client.post("/v1/conversations", json=body)
            except httpx.TransportError:
                await asyncio.sleep(PAUSE_S)
                continue
            if answer.status_code == 201:
                break
            self.wrong.append(f"opening: {answer.status_code} {answer.text}")
        opened = answer.json()
        talk = Talk(opened["conversation_id"], number, wanted)
        self._headers = {"Authorization": f"Bearer {opened['conversation_token']}"}
        self.talks.append(talk)
        return talk, signed

    async def _ask_where(self, talk: Talk, story: Story) -> None:
        texts = [f"Where is my order {talk.number}? I am {story.email}"]
        if self._random.random() < 0.3:
            texts.append("Thank you for a quick answer")
        await self._say(talk, Kind.READ, "tracking.", *texts)

    async def _write(self, talk: Talk, text: str, noun: str, signed: bool) -> None:
        await self._say(talk, Kind.ASK, f"{noun}.proposed" if signed else "identity.code_sent", text)
        if not signed:
            mail = await self._mail_for(talk.id)
            code = CODE.search(mail or "")
            if code is None:
                self.wrong.append(f"{talk.id}: no mail with a code")
                return
            await self._say(talk, Kind.CODE, f"{noun}.proposed", code[0])
        talk.confirmed = True
        await self._say(talk, Kind.CONFIRM, "cancel.done" if noun == "cancel" else "return.opened", "Yes")
        if self._random.random() < 0.2:
            await self._say(talk, Kind.REPEAT, "", "Yes, please")
        if self._random.random() < 0.2:
            talk.asked_for_person = True
            reply = await self._say(talk, Kind.PERSON, "", "I want to talk to a person")
            if reply and reply.handoff is None:
                self.wrong.append(f"{talk.id}: handed over, and the reply does not say so")

    async def _say(self, talk: Talk, kind: Kind, expected: str, *texts: str) -> Reply | None:
        """Send messages at the same time and wait for their replies; the last one's is given back."""
        talk.groups.append(frozenset(texts))
        replies = await asyncio.gather(*(self._send(talk, kind, text) for text in texts))
        told = [entry.statement or "" for reply in replies if reply for entry in reply.evidence]
        if all(replies) and not any(each.startswith(expected) for each in [*told, *([""] * (not expected))]):
            said = " / ".join(reply.text for reply in replies if reply)
            self.wrong.append(f"{talk.id}: {kind} was answered by {told}: {said}")
        talk.replies += [reply for reply in replies if reply]
        return replies[-1]

    async def _send(self, talk: Talk, kind: Kind, text: str) -> Reply | None:
        url, key = f"/v1/conversations/{talk.id}/messages", uuid4().hex
        began, tries = monotonic(), 0
        self._watch.left(kind)
        try:
            while monotonic() - began < STUCK_S:
                tries += 1
                try:
                    answer = await self._client.post(
                        url, json={"text": text}, headers=self._headers | {"Idempotency-Key": key}
                    )
                except httpx.TransportError:
                    await asyncio.sleep(PAUSE_S)
                    continue
                if answer.status_code == 200:
                    return Reply.model_validate(answer.json())
                if answer.status_code not in (202, 503):
                    self.wrong.append(f"{talk.id}: {kind}: {answer.status_code} {answer.text}")
                    return None
        finally:
            self._watch.answered(kind, monotonic() - began if tries == 1 else None)
        self.wrong.append(f"{talk.id}: {kind} has no reply after {STUCK_S:.0f} s")
        return None
