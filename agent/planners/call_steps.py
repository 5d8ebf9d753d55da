"""The step that calls a tool, the code that some tools need first, and what an outcome means for the walk."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.flows import MAY_WELL, Kind, Step
from agent.planners.order_steps import OrderSteps
from agent.planners.planner import Phrase, Statement, ToolCall
from agent.planners.walking import AGREE, ENTITY_OF_SLOT, Status, candidates
from commerce.models import ReturnReason
from conversations.models import HandoffReason
from facts.evidence import Evidence, EvidenceKind
from facts.values import Fact, Listing
from markets.channel import Returns
from nlu.perception import Answer, EntityKind
from tools.disputes import STOPPED
from tools.elsewhere import ELSEWHERE, PERSON_DECIDES, RETURN_CHANNEL
from tools.fit import Way
from tools.tool import ToolResult

MAX_UNFIT = 4
"""How often one may be told that something will not do."""
AS_GOOD_AS = 0.3
"""What it counts for beside such readings that the words for it were said."""
BESIDE_OWN = 0.2
"""How probable another reading is at least where the words name the wish of the flow itself."""
OWN_WORDS = {"return_item": (EntityKind.WAY, Way.RETURN), "cancel_order": (EntityKind.CHANGE, "cancel")}
"""The words that say the wish of a flow itself."""
BUYER = f"{AGREE}buyer"
REFUSED_TO_ALL = ("throttled", "unavailable", "refused", "invalid_arguments")
"""Outcomes that every tool may have and no flow can go on from."""


class CallSteps(OrderSteps):
    """READs are told, WRITEs wait for a yes, and what needs a confirmed customer asks for a code."""

    async def _call(self, step: Step) -> AsyncIterator[ToolCall]:
        tool = step.call or ""
        if self._still_waits_for_yes(tool):
            return
        if self._awaited == "country" and (mention := self.view.perception.first(EntityKind.COUNTRY)):
            self._fill("country", mention.value)
        arguments = {name: self._resolve(value) for name, value in step.arguments.items()}
        if step.optional and arguments.get("order_number", "") is None:
            return
        call = self._ask_for(tool, arguments)
        yield call
        result = self._result(call)
        if result.outcome == "identity_needed" and result.data.get("needed") == "confirmed":
            if result.data.get("present") and not self._is_buyer(result):
                return
            async for inner in self._confirm_identity():
                yield inner
            if self.status is not Status.RUNNING:
                return
            again = self._ask_for(tool, arguments)
            yield again
            result = self._result(again)
        elif self._awaited == "code" and self.view.code_mentioned():
            # The code is used up already: this turn is run again after an attempt that broke off.
            self.progressed = True
        self._after(step, result)

    def _is_elsewhere(self) -> bool:
        """Whether a marketplace opens what this is about; where that is unsure, rules are told all the same."""
        returns = self.view.returns
        unsure = returns is Returns.UNSURE and self.flow.kind is Kind.ACT
        return self.flow.sends_back and (returns is Returns.PLATFORM or unsure)

    async def _elsewhere(self) -> AsyncIterator[ToolCall]:
        call = self._ask_for(RETURN_CHANNEL.name, {})
        yield call
        self._told_elsewhere(self._result(call))

    def _told_elsewhere(self, result: ToolResult) -> None:
        """Where it is opened. Who withdraws from the contract has said so to the seller: a person takes it up."""
        self._tell(result.evidence)
        withdraws = self.frame.slots.get("return_reason") == ReturnReason.WITHDRAWAL
        if result.outcome == PERSON_DECIDES or withdraws:
            self._hand_over(HandoffReason.NOT_AUTOMATED)
        elif result.outcome in REFUSED_TO_ALL:
            self._general(result)
        else:
            self._say(Phrase("offer.person"))
            self.status = Status.DONE

    def _is_buyer(self, result: ToolResult) -> bool:
        """Of a present, only the buyer is sent a code; who got it is asked before she would learn of it."""
        answer = self.view.perception.leaning if self._awaited == BUYER else None
        if answer is Answer.YES:
            self._fill(BUYER, True)
            self.view.memory.recipient = False
        if self.frame.slots.get(BUYER):
            return True
        if answer is Answer.NO or self.view.memory.recipient:
            self.view.memory.recipient = True
            self._tell(result.evidence)
            self._hand_over(HandoffReason.NOT_AUTOMATED)
        else:
            self._wait(BUYER, Phrase("present.ask_buyer"), (Phrase("answer.yes"), Phrase("confirm.no")))
        return False

    def _still_waits_for_yes(self, tool: str) -> bool:
        proposal = self.view.proposal
        if self._awaited == "confirm" and not self.progressed and proposal and proposal.tool == tool:
            self._wait("confirm", Phrase("confirm.still_open"), self._yes_no())
            return True
        return False

    def _yes_no(self) -> tuple[Phrase, ...]:
        return Phrase("confirm.yes"), Phrase("confirm.no")

    async def _confirm_identity(self) -> AsyncIterator[ToolCall]:
        code = self.view.code_mentioned() if self._awaited == "code" else None
        if code:
            call = self._ask_for("verify_code", {"code": code})
            yield call
            outcome = self._result(call).outcome
            self.progressed = True
            if outcome == "verified":
                self.frame.waiting = None
                return
            if outcome == "locked":
                self._say(Phrase("code.locked"))
                self._say(Phrase("offer.person"))
                self.status = Status.DONE
                return
            if outcome == "wrong":
                self._wait("code", Phrase("code.wrong"))
                return
            self._say(Phrase("code.expired"))
        elif self._awaited == "code" and not self.progressed:
            self._wait("code", Phrase("code.ask_again"))
            return
        call = self._ask_for("request_code", {"order_number": self.frame.slots["order"]})
        yield call
        result = self._result(call)
        if result.outcome == "sent":
            self._wait("code", Statement(result.evidence[0].id))
        elif result.outcome == "held":
            self._hand_over(HandoffReason.NOT_AUTOMATED)
        else:
            self._general(result)

    def _after(self, step: Step, result: ToolResult) -> None:
        for slot, name in step.fills.items():
            self.frame.slots.pop(slot, None)
            if result.data.get(name) is not None:
                self.frame.slots[slot] = result.data[name]
        if rather := self._meant(step, result):
            self.replacement = rather
            self.status = Status.REPLACED
        elif result.outcome in step.lacks:
            self._lacks(step, result)
        elif result.outcome in step.on_outcome:
            self._tell(result.evidence)
            self.replacement = step.on_outcome[result.outcome]
            self.status = Status.REPLACED
        elif result.outcome == "proposed":
            self._tell(result.evidence)
            self.progressed = True
            self._wait("confirm", Phrase("confirm.ask"), self._yes_no())
        elif result.outcome == "country_needed":
            self._wait("country", Phrase("country.ask"))
        elif result.outcome == "unknown":
            if not step.optional:
                self._say(Phrase(step.unanswered or "answer.unknown"))
        elif result.outcome in step.asks:
            self._ask_again(step, step.asks[result.outcome], result)
        elif result.outcome in step.to_person:
            self._tell(result.evidence)
            self._hand_over(HandoffReason.NOT_AUTOMATED)
        elif result.outcome in ("identity_needed", "not_matched"):
            self._not_matched()
        elif result.outcome in ELSEWHERE:
            self._told_elsewhere(result)
        elif result.outcome in STOPPED:
            self._tell(result.evidence)
            self._hand_over(HandoffReason.DISPUTE)
        elif result.outcome in REFUSED_TO_ALL:
            self._general(result)
        else:
            self._answered(step, result)

    def _meant(self, step: Step, result: ToolResult) -> str | None:
        """Which of the flows the message asks for by its words, else most probably, if any is probable enough."""
        flows = step.rather.get(result.outcome, ())
        lines = result.data.get("lines", ())
        pieces = self.view.mentioned(candidates(lines)) if step.of_pieces else ()
        if step.of_pieces and not pieces:
            return None
        if decided := next((flow for flow in flows if self._decided(flow, result)), None):
            return decided
        likely: dict[str, float] = {}
        for segment in self.view.perception.segments:
            for wish in segment.intents:
                likely[wish.intent] = max(likely.get(wish.intent, 0.0), wish.probability)
        heard = {
            flow: likely[flow] for flow in flows if likely.get(flow, 0.0) >= step.at_least.get(flow, MAY_WELL)
        }
        # Who misses the only piece may well miss the parcel.
        for flow in () if step.of_pieces and len(pieces) == len(lines) else flows:
            if any(
                self._named(flow, kind) for kind in self.flows[flow].named_by if kind != EntityKind.CHANGE
            ):
                heard[flow] = max(heard.get(flow, 0.0), AS_GOOD_AS)
        if self._says_itself():
            heard = {intent: likely[intent] for intent in heard if likely.get(intent, 0.0) >= BESIDE_OWN}
        return max(heard, key=lambda intent: (heard[intent], likely.get(intent, 0.0)), default=None)

    def _says_itself(self) -> bool:
        """Whether the words name the wish of this flow: "it isn't here yet, but I want to return it"."""
        own = OWN_WORDS.get(self.flow.flow)
        return own is not None and any(each.value == own[1] for each in self.view.perception.all(own[0]))

    def _named(self, flow: str, kind: EntityKind) -> bool:
        names = self.flows[flow].named_by.get(kind, ())
        return any(mention.value in names for mention in self.view.perception.all(kind))

    def _decided(self, flow: str, result: ToolResult) -> bool:
        """Whether what is to change is said; to name a way of paying that the order has not is to wish for it."""
        if self._awaited is not None:
            return False
        if self._named(flow, EntityKind.CHANGE):
            return True
        chosen = result.data.get("payment_method")
        methods = {entity.value for entity in self.view.perception.all(EntityKind.PAYMENT_METHOD)}
        pays = "payment" in self.flows[flow].named_by.get(EntityKind.CHANGE, ())
        return pays and chosen is not None and bool(methods - {chosen})

    def _ask_again(self, step: Step, slot: str, result: ToolResult) -> None:
        """What she told will not do: the statement says why and asks; a person comes where it goes on like that."""
        unfit = self.frame.slots.get("unfit", 0) + (1 if self.progressed else 0)
        self.frame.slots["unfit"] = unfit
        if unfit > MAX_UNFIT:
            self._tell(result.evidence[:1])
            self._hand_over(HandoffReason.REPEATED_MISUNDERSTANDING)
            return
        sentence = Statement(result.evidence[0].id) if result.evidence else Phrase(step.ask or "")
        there = result.evidence[0].facts.get("available") if result.evidence else None
        offered: tuple[Phrase | Fact, ...] = ()
        if slot == "options" and isinstance(there, Listing):
            offered = (*there.items, Phrase("exchange.return_instead"))
        elif slot == "options" and result.outcome != "same":
            slot = f"{AGREE}returning"
        if slot.startswith(AGREE):
            offered = (Phrase("answer.yes"), Phrase("confirm.no"))
        self._wait(slot, sentence, offered)

    def _lacks(self, step: Step, result: ToolResult) -> None:
        """Ask for what the call needs; another question than the one that was open is a step forward."""
        own = any(segment.intent in self.flow.serves() for segment in self.view.perception.segments)
        quoted = own and any(entry.kind is EvidenceKind.PASSAGE for entry in result.evidence)
        another = self._awaited not in (None, result.outcome)
        self.progressed = self.progressed or another or quoted or self._brings(step)
        offered = result.data.get("choices", ())
        self._tell(tuple(entry for entry in result.evidence if entry.id not in offered))
        choices = tuple(self._choice(self.view.evidence[each]) for each in offered)
        self._wait(result.outcome, Phrase(step.lacks[result.outcome]), choices)

    def _brings(self, step: Step) -> bool:
        """Whether the message brings what the call takes, such as a code, right or wrong. Any may name a country."""
        kinds = {ENTITY_OF_SLOT.get(value.lstrip("$")) for value in step.arguments.values()}
        return any(kind and self.view.perception.first(kind) for kind in kinds - {EntityKind.COUNTRY})

    def _choice(self, evidence: Evidence) -> Phrase:
        return Phrase(evidence.statement or "", dict(evidence.facts))

    def _answered(self, step: Step, result: ToolResult) -> None:
        if self._awaited in step.lacks:
            self.progressed, self.frame.waiting = True, None
        ends = result.outcome in step.end_on
        if not self._news(step, f"{result.tool} {result.outcome}") and not ends:
            return
        if ends or not step.quiet:
            told = [entry for entry in result.evidence if self._wanted(step, entry)]
            self._tell(tuple(told))
            if not told and step.silent:
                self._say(Phrase(step.silent))
        if result.outcome in step.also:
            self._say(Phrase(step.also[result.outcome]))
        if ends:
            self.status = Status.DONE

    def _wanted(self, step: Step, evidence: Evidence) -> bool:
        return step.only is None or (evidence.statement or "").startswith(step.only)
