"""The planner without a model: declarative flows over what understanding perceived."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

from agent.flows import Flow, Flows, Kind
from agent.planners.last_order import LAST_ORDER
from agent.planners.planner import Clarify, Frame, Handoff, Phrase, PlanItem, Sentence, Statement, View
from agent.planners.readings import CLEARLY, IDENTIFIERS, QUESTION_MARK, withdraws_from
from agent.planners.slot_steps import CHOICES
from agent.planners.walk import Status, Walk
from agent.planners.walking import AGREE, ENTITY_OF_SLOT
from agent.planners.wishes import Wishes
from commerce.models import ReturnReason
from conversations.models import HandoffReason
from nlu.perception import CHOSEN, Answer, EntityKind, Mood

SURE_TO_STOP = 0.5
MAX_MISSES = 3
VERY_CLEARLY = 0.75
"""How sure a wish must be that is no answer to an offered choice: the name of a thing alone sounds like many."""
CARRIED = ("order", "lines")
"""What a flow that takes another one's place need not ask again."""
NO_IS_AN_ANSWER = ("confirm", "photo", AGREE, LAST_ORDER)
"""What is asked with yes or no: a no is its answer and stops nothing else."""
DESCRIPTIONS = (EntityKind.COLOUR, EntityKind.SIZE, EntityKind.FIT, EntityKind.RETURN_REASON)
"""What tells a thing, or its fault."""
WAY_QUESTIONS = ("fit", "options")
"""What she is asked about a piece while she may still rather send it back."""
TAKES_DIGITS = ("code", "order", "order_number", "contact", "address")
"""What is asked for that six digits may be, too."""
NO_ANSWERS = (Phrase("answer.out_of_scope"), Phrase("answer.unknown"))
OFFERS = (
    Phrase("answer.unknown"),
    Phrase("person.privacy"),
    Phrase("offer.person"),
    Phrase("product.not_enough"),
)
"""Sentences that ask whether a person should take over."""
SHOP_RULES = "return.shop_rules"
"""A statement that asks the same."""


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
        self._wishes = Wishes(flows, view)
        self._said: list[Sentence] = []
        self._question: Clarify | None = None
        self._handoff: HandoffReason | None = None
        self._missed = 0
        """Misses that a request which is only guessed at takes over from the question that it did not answer."""
        self._ids = count(1)

    async def run(self) -> AsyncIterator[PlanItem]:
        memory = self._view.memory
        wanted, memory.offered_person = memory.offered_person, False
        if wanted and self._view.perception.answer is Answer.YES and not self._wants_other():
            self._frames.clear()
            yield Handoff(HandoffReason.ASKED_FOR_PERSON)
            return
        self._take_up_code()
        if self._wants_to_stop():
            self._frames.clear()
            yield Phrase("social.never_mind")
            return
        requests = self._wishes.requests()
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

    def _wants_other(self) -> bool:
        """ "OK, then refund me" is no yes to a person."""
        kinds = (EntityKind.CLAIM_REMEDY, EntityKind.WAY)
        return any(self._view.perception.first(kind) for kind in kinds)

    def _wants_to_stop(self) -> bool:
        perception = self._view.perception
        if not self._frames:
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
        if self._chooses(waiting or "") or (waiting == "lines" and self._describes()):
            return False
        if perception.answer is Answer.NO and waiting and not waiting.startswith(NO_IS_AN_ANSWER):
            return True
        best = perception.segments[0].intents[0]
        alone = len(perception.segments) == 1
        return alone and best.intent == "never_mind" and best.probability >= SURE_TO_STOP

    def _describes(self) -> bool:
        """Whether it says which of her things is meant, or what is wrong with it: who gives up tells neither."""
        seen = self._view.perception
        return seen.answer is not Answer.NO and any(
            entity.kind in DESCRIPTIONS and entity.value != "changed_mind" for entity in seen.entities
        )

    def _chooses(self, waiting: str) -> bool:
        """Whether it chooses, in other words than the listed ones, what was asked for."""
        if waiting in WAY_QUESTIONS:
            waiting = "way"
        choice = self._view.perception.choice(waiting, [str(each) for each in CHOICES.get(waiting, ())])
        return choice is not None and choice[1] >= CHOSEN

    def _take_up_code(self) -> None:
        """A code belongs to the request that waits for one, also where another has come in between."""
        seen = self._view.perception
        if (
            not self._frames
            or self._frames[-1].waiting in TAKES_DIGITS
            or not seen.first(EntityKind.ONE_TIME_CODE)
        ):
            return
        waiting = [frame for frame in self._frames if frame.waiting == "code"]
        if waiting and self._view.code_mentioned():
            self._frames.remove(waiting[-1])
            self._frames.append(waiting[-1])

    def _drops(self, name: str, requests: list[Flow]) -> bool:
        """Gives up a wish that the same message, or the one before, has taken back; True where nothing else is asked."""
        asked = [flow for flow in requests if flow.flow == name] + [f for f in self._frames if f.flow == name]
        self._frames[:] = [frame for frame in self._frames if frame.flow != name]
        requests[:] = [flow for flow in requests if flow.flow != name]
        return bool(asked) and not requests and not self._frames

    # The open question

    async def _continue(self, requests: list[Flow]) -> AsyncIterator[PlanItem]:
        """Give the message to the topmost frame; what it uses up is no longer a request of its own."""
        frame = self._frames[-1]
        flow = self._flows[frame.flow]
        walk = Walk(frame, self._flows, self._view, self._ids)
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
            asked = frame.waiting in ("order_number", "contact")
            self._missed = frame.misses + 1 if asked and not any(map(self._wishes.clearly, requests)) else 0
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
        seen = self._view.perception
        if not choosing or QUESTION_MARK.search(seen.text):
            return False
        if request.told_topics & {e.value for e in seen.all(EntityKind.POLICY_TOPIC)}:
            return False
        if (
            walk.flow.gives_reason
            and request.gives_reason
            and {e.kind for e in seen.entities} == {EntityKind.RETURN_REASON}
        ):
            # "They are too small" gives the reason of what is under way.
            return True
        return request.searches or not self._wishes.clearly(request, VERY_CLEARLY)

    def _others(self, flow: Flow, requests: list[Flow]) -> list[Flow]:
        """What a message asks for beside answering the open question: only what it clearly says on its own."""
        segments = self._view.perception.segments
        clear = [
            self._wishes.flow_of(segment)
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
        known = {**(known or {}), **self._declared(flow)}
        frame = Frame(flow=flow.flow, slots=known, misses=self._missed)
        self._frames.append(frame)
        walk = Walk(frame, self._flows, self._view, self._ids, brief)
        async for call in walk.run():
            yield call
        self._keep(walk)
        async for item in self._replace(walk, brief):
            yield item

    def _declared(self, flow: Flow) -> dict[str, Any]:
        """Who withdraws is not asked why, however much must be asked before."""
        withdraws = any(withdraws_from(segment) for segment in self._view.perception.segments)
        return {"return_reason": str(ReturnReason.WITHDRAWAL)} if withdraws and flow.gives_reason else {}

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
            walk = Walk(frame, self._flows, self._view, self._ids)
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
        if not items and not self._question and not self._handoff:
            items.append(Phrase("answer.out_of_scope"))
        self._view.memory.offered_person = any(self._offers_person(item) for item in items)
        if self._in_vain(items):
            self._handoff = HandoffReason.REPEATED_MISUNDERSTANDING
        if self._handoff:
            self._frames.clear()
            items.append(Handoff(self._handoff))
        elif self._question:
            items.append(self._question)
        return items

    def _offers_person(self, item: PlanItem) -> bool:
        if isinstance(item, Statement):
            return self._view.evidence[item.evidence].statement == SHOP_RULES
        return item in OFFERS

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
