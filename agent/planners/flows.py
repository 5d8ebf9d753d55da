"""The planner without a model: declarative flows over what understanding perceived."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

from agent.flows import Flow, Flows, Kind
from agent.planners.last_order import LAST_ORDER
from agent.planners.planner import Clarify, Frame, Handoff, Phrase, PlanItem, Sentence, Statement, View
from agent.planners.walk import Status, Walk
from agent.planners.walking import AGREE, ENTITY_OF_SLOT
from commerce.models import ReturnReason
from conversations.models import HandoffReason
from nlu.perception import OUT_OF_SCOPE, Answer, EntityKind, Mood, Segment

MIN_PROBABILITY = 0.35
SURE_TO_STOP = 0.5
CLEARLY = 0.6
MAX_MISSES = 3
CARRIED = ("order", "lines")
"""What a flow that takes another one's place need not ask again."""
ORDER_OF_KINDS = list(Kind)
TOLD_BY_MISTAKE = ("contact_info", "privacy")
"""Questions for which "my e-mail is …" is easily taken, although it tells an address and asks for none."""
QUESTION_MARK = re.compile("[?？]")
NUMBERS = (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER)
IDENTIFIERS = (*NUMBERS, EntityKind.EMAIL, EntityKind.POSTCODE)
NO_IS_AN_ANSWER = ("confirm", "photo", AGREE, LAST_ORDER)
"""What is asked with yes or no: a no is its answer and stops nothing else."""
NO_ANSWERS = (Phrase("answer.out_of_scope"), Phrase("answer.unknown"))
OFFERS = (
    Phrase("answer.unknown"),
    Phrase("person.privacy"),
    Phrase("offer.person"),
    Phrase("product.not_enough"),
)
"""Sentences that ask whether a person should take over."""


class FlowsPlanner:
    """Runs the requests of a message as frames on a stack.

    A message first goes to the question that is open. Other requests interrupt it and it is asked again
    afterwards; several requests are answered in one turn, those that need nothing first.
    """

    name = "flows"
    streaming = False

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    async def plan(self, view: View) -> AsyncIterator[PlanItem]:
        turn = _FlowsTurn(self._flows, view)
        async for item in turn.run():
            yield item


class _FlowsTurn:
    """One turn's work: sentences are held until it is clear what they follow."""

    def __init__(self, flows: Flows, view: View) -> None:
        self._flows = flows
        self._view = view
        self._frames = view.memory.frames
        self._said: list[Sentence] = []
        self._question: Clarify | None = None
        self._handoff: HandoffReason | None = None
        self._ids = count(1)

    async def run(self) -> AsyncIterator[PlanItem]:
        memory = self._view.memory
        wanted, memory.offered_person = memory.offered_person, False
        if wanted and self._view.perception.answer is Answer.YES:
            self._frames.clear()
            yield Handoff(HandoffReason.ASKED_FOR_PERSON)
            return
        if self._wants_to_stop():
            self._frames.clear()
            yield Phrase("social.never_mind")
            return
        requests = self._requests()
        if self._view.perception.keeps and self._drops("cancel_order", requests):
            yield Phrase("proposal.declined")
            return
        if self._frames:
            async for item in self._continue(requests):
                yield item
        for position, flow in enumerate(requests):
            if self._handoff or (self._question and flow.kind in (Kind.ACT, Kind.PERSON)):
                self._frames[:0] = [Frame(flow=later.flow) for later in requests[position:]]
                break
            async for item in self._start(flow, brief=len(requests) > 1 or bool(self._frames)):
                yield item
        async for item in self._resume():
            yield item
        for item in self._closing():
            yield item

    # What the message asks for

    def _wants_to_stop(self) -> bool:
        perception = self._view.perception
        if not self._frames or len(perception.segments) != 1:
            return False
        waiting = self._frames[-1].waiting
        if waiting == "code" and self._view.code_mentioned():
            return False
        if any(entity.kind in IDENTIFIERS for entity in perception.entities):
            return False
        asked = ENTITY_OF_SLOT.get(waiting or "")
        if asked and perception.first(asked):
            # "I don't need it any more" is a reason before it is a no.
            return False
        if perception.answer is Answer.NO and waiting and not waiting.startswith(NO_IS_AN_ANSWER):
            return True
        best = perception.segments[0].intents[0]
        return best.intent == "never_mind" and best.probability >= SURE_TO_STOP

    def _drops(self, name: str, requests: list[Flow]) -> bool:
        """Gives up a wish that the same message, or the one before, has taken back; True where nothing else is asked."""
        asked = [flow for flow in requests if flow.flow == name] + [f for f in self._frames if f.flow == name]
        self._frames[:] = [frame for frame in self._frames if frame.flow != name]
        requests[:] = [flow for flow in requests if flow.flow != name]
        return bool(asked) and not requests and not self._frames

    def _requests(self) -> list[Flow]:
        found: list[Flow] = []
        for segment in self._view.perception.segments:
            flow = self._flow_of(segment)
            if flow and flow not in found:
                found.append(flow)
        if self._view.photo_alone:
            return [] if self._frames else [self._flows["photo_alone"]]
        if self._frames:
            found = [flow for flow in found if flow.flow not in ("affirm", "deny")]
        if len(found) > 1:
            found = [
                flow
                for flow in found
                if flow.flow not in ("thanks", "goodbye", "affirm", "deny", "anything_else")
            ]
        if any(flow.covers for flow in found):
            found = [flow for flow in found if not flow.searches]
        if self._names_a_version(found):
            return [self._flows["product_search"]]
        if not found and not self._frames:
            found = [self._flows["where_is_order"] if self._only_details() else self._flows["anything_else"]]
        return sorted(found, key=lambda flow: ORDER_OF_KINDS.index(flow.kind))

    def _flow_of(self, segment: Segment) -> Flow | None:
        if not self._frames and _nothing_but(segment, EntityKind.COUPON_CODE):
            return self._flows["coupon"]
        best = segment.intents[0]
        if _broken(segment):
            return self._flows["damaged_item"]
        if best.intent == OUT_OF_SCOPE or best.probability < MIN_PROBABILITY:
            return None
        if best.intent in TOLD_BY_MISTAKE and any(
            entity.kind is EntityKind.EMAIL for entity in segment.entities
        ):
            return None
        flow = self._flows.for_intent(best.intent)
        if flow and flow.searches and any(e.kind is EntityKind.COUPON_CODE for e in segment.entities):
            return self._flows["coupon"]
        return flow and self._in_place_of(
            flow, {entity.kind for entity in segment.entities}, _topics(segment)
        )

    def _in_place_of(self, flow: Flow, kinds: set[EntityKind], topics: list[str]) -> Flow:
        """The flow itself, or one that what is mentioned beside the wish makes the better answer."""
        narrower = next((other for topic in topics if (other := self._flows.for_topic(flow, topic))), None)
        general = flow.kind is Kind.ANSWER or not kinds & set(IDENTIFIERS)
        if narrower and (general or narrower.kind is Kind.PERSON):
            return narrower
        if flow.with_order and kinds & set(NUMBERS) and not set(flow.keeps) & set(topics):
            return self._flows[flow.with_order]
        return flow

    def _names_a_version(self, found: list[Flow]) -> bool:
        """ "No, in brown": a colour or size of what was just talked about, and nothing else that could be answered."""
        said = any(self._view.perception.first(kind) for kind in (EntityKind.COLOUR, EntityKind.SIZE))
        empty = all(flow.kind is Kind.SOCIAL or flow.flow == "anything_else" for flow in found)
        return bool(said and empty and self._view.memory.goods and not self._frames)

    def _only_details(self) -> bool:
        perception = self._view.perception
        return bool(perception.first(EntityKind.ORDER_NUMBER) or perception.first(EntityKind.TRACKING_NUMBER))

    # The open question

    async def _continue(self, requests: list[Flow]) -> AsyncIterator[PlanItem]:
        """Give the message to the topmost frame; what it uses up is no longer a request of its own."""
        frame = self._frames[-1]
        flow = self._flows[frame.flow]
        walk = Walk(frame, flow, self._view, self._ids)
        async for call in walk.run():
            yield call
        if walk.status is Status.DONE and not walk.said and not walk.progressed:
            # It was offered, and she goes on with something else.
            self._keep(walk)
            return
        if walk.progressed or walk.status is not Status.WAITING:
            frame.misses, frame.reminded = 0, False
            self._keep(walk)
            async for item in self._replace(walk, brief=True):
                yield item
            requests[:] = self._others(flow, requests)
            return
        requests[:] = [other for other in requests if other is not flow and not self._answers(walk, other)]
        if requests:
            return
        if self._view.photo_alone:
            self._said.append(Phrase("photo.received"))
            self._question = walk.question
            return
        frame.misses += 1
        if frame.misses >= MAX_MISSES:
            self._handoff = HandoffReason.REPEATED_MISUNDERSTANDING
            return
        self._said.append(Phrase("misunderstood.again"))
        self._question = walk.question

    def _answers(self, walk: Walk, request: Flow) -> bool:
        """Whether it rather answers the open question, with none of its choices: "the towel" is not asked about."""
        choosing = walk.question is not None and bool(walk.question.quick_replies)
        asks = QUESTION_MARK.search(self._view.perception.text)
        return choosing and not asks and (request.searches or not self._clearly(request))

    def _clearly(self, request: Flow) -> bool:
        segments = self._view.perception.segments
        return any(s.intents[0].probability >= CLEARLY for s in segments if self._flow_of(s) is request)

    def _others(self, flow: Flow, requests: list[Flow]) -> list[Flow]:
        """What a message asks for beside answering the open question: only what it clearly says on its own."""
        segments = self._view.perception.segments
        clear = [
            self._flow_of(segment)
            for segment in segments
            if len(segments) > 1 and segment.intents[0].probability >= CLEARLY
            if not any(entity.kind in IDENTIFIERS for entity in segment.entities)
        ]
        return [
            other
            for other in requests
            if other in clear and other is not flow and other.kind is not Kind.SOCIAL
        ]

    async def _start(
        self, flow: Flow, brief: bool, known: dict[str, Any] | None = None
    ) -> AsyncIterator[PlanItem]:
        if self._view.read_only and flow.kind in (Kind.ACT, Kind.PERSON):
            self._said.append(Phrase("queue.noted"))
            return
        self._frames[:] = [frame for frame in self._frames if frame.flow != flow.flow]
        frame = Frame(flow=flow.flow, slots=known or {})
        self._frames.append(frame)
        walk = Walk(frame, flow, self._view, self._ids, brief)
        async for call in walk.run():
            yield call
        self._keep(walk)
        async for item in self._replace(walk, brief):
            yield item

    async def _replace(self, walk: Walk, brief: bool) -> AsyncIterator[PlanItem]:
        """Go on with the flow that takes the place of one that could not help."""
        if walk.replacement:
            known = {slot: walk.frame.slots[slot] for slot in CARRIED if slot in walk.frame.slots}
            async for item in self._start(self._flows[walk.replacement], brief, known):
                yield item

    def _keep(self, walk: Walk) -> None:
        self._said.extend(sentence for sentence in walk.said if sentence not in self._said)
        if walk.status is Status.WAITING:
            self._question = walk.question
        else:
            self._frames.remove(walk.frame)
        self._handoff = self._handoff or walk.handoff

    async def _resume(self) -> AsyncIterator[PlanItem]:
        """Come back to what was left open, once the interruption is answered; a second reminder would nag."""
        while self._frames and not self._question and not self._handoff:
            frame = self._frames[-1]
            fresh = frame.waiting is None
            walk = Walk(frame, self._flows[frame.flow], self._view, self._ids)
            async for call in walk.run():
                yield call
            if not fresh and walk.status is Status.WAITING and frame.waiting != "confirm":
                if frame.reminded:
                    return
                frame.reminded = True
                self._said.append(Phrase(self._flows[frame.flow].resume))
            self._keep(walk)

    def _closing(self) -> list[PlanItem]:
        items: list[PlanItem] = list(self._said)
        about_her_order = any(isinstance(item, Statement) for item in items)
        if self._view.perception.mood is Mood.UNHAPPY and about_her_order and not self._handoff:
            items.insert(0, Phrase("empathy.sorry"))
        if not items and not self._question:
            items.append(Phrase("answer.out_of_scope"))
        self._view.memory.offered_person = any(item in OFFERS for item in items)
        if self._in_vain(items):
            self._handoff = HandoffReason.REPEATED_MISUNDERSTANDING
        if self._handoff:
            self._frames.clear()
            items.append(Handoff(self._handoff))
        elif self._question:
            items.append(self._question)
        return items

    def _in_vain(self, items: list[PlanItem]) -> bool:
        """Whether this is the third reply on end that knows no answer: then a person looks at it."""
        memory = self._view.memory
        answered = self._question or self._handoff or any(item not in NO_ANSWERS for item in items)
        memory.unanswered = 0 if answered else memory.unanswered + 1
        if memory.unanswered < MAX_MISSES or self._view.read_only:
            return False
        memory.unanswered = 0
        items.clear()
        return True


def _broken(segment: Segment) -> bool:
    """Goods are said to be broken, and what she wants for them is anybody's guess."""
    said = any(
        entity.kind is EntityKind.RETURN_REASON and entity.value == ReturnReason.DAMAGED
        for entity in segment.entities
    )
    best = segment.intents[0]
    return said and best.intent != OUT_OF_SCOPE and best.probability < CLEARLY


def _nothing_but(segment: Segment, kind: EntityKind) -> bool:
    return any(entity.kind is kind and entity.text == segment.text.strip() for entity in segment.entities)


def _topics(segment: Segment) -> list[str]:
    """The policy topics that are named; who names one country does not ask for the list of them."""
    countries = any(entity.kind is EntityKind.COUNTRY for entity in segment.entities)
    topics = [entity.value for entity in segment.entities if entity.kind is EntityKind.POLICY_TOPIC]
    return [topic for topic in topics if not (countries and topic == "shipping_countries")]
