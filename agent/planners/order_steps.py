"""The step that finds out which order is meant, and that it is hers."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.flows import Step
from agent.planners.last_order import LastOrder
from agent.planners.planner import Phrase, ToolCall, code_in
from conversations.models import HandoffReason
from facts.evidence import Evidence
from facts.values import Fact, Listing
from markets.marketplaces import marketplace_of
from nlu.perception import EntityKind

MAX_ORDER_TRIES = 3


class OrderSteps(LastOrder):
    """Number and contact, in whatever order they come; her own orders where she is signed in."""

    async def _order(self, step: Step) -> AsyncIterator[ToolCall]:
        slots = self.frame.slots
        number = self._number_mentioned()
        if number is None and self._awaited == "contact" and self._contact():
            number = slots.get("order_number")
        if number is not None and number != slots.get("order"):
            async for call in self._find(number):
                yield call
            return
        if slots.get("order"):
            return
        if self.view.memory.order:
            slots["order"] = self.view.memory.order
            return
        if step.order == "known":
            return
        if self._takes_up_last_order():
            return
        if self.view.signed_in:
            async for call in self._pick_own_order(any_will_do=step.order == "any"):
                yield call
            return
        self._ask_order(step)

    def _ask_order(self, step: Step) -> None:
        foreign = marketplace_of(self.view.perception.text)
        if foreign and self.view.marketplace:
            self._hand_over(HandoffReason.NOT_AUTOMATED)
            return
        if foreign:
            self._say(Phrase("shop.foreign_number"))
            self.progressed = True
        if step.order == "once" and self._awaited in ("order_number", "contact"):
            return
        if self._awaited == "contact" and self.frame.slots.get("order_number"):
            self._wait("contact", Phrase("order.ask_contact"))
        else:
            self._wait("order_number", Phrase(step.ask or "order.ask"))

    def _number_mentioned(self) -> str | None:
        if self._awaited == "code" and self.view.code_mentioned():
            return None
        for kind in (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER):
            mention = self.view.perception.first(kind)
            known = bool(self.frame.slots.get("order"))
            if mention and known and self._awaited == "address" and mention.text.isdigit():
                # The postcode that was asked for.
                return None
            # Where the order is known six digits alone are a code, come too early or too late.
            if mention and not (known and mention.text == code_in(mention.text)):
                return mention.value
        return None

    def _contact(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for detail in self.view.details:
            if detail.kind in (EntityKind.EMAIL, EntityKind.POSTCODE):
                found.setdefault(detail.kind.value, detail.value)
        return found

    async def _find(self, number: str) -> AsyncIterator[ToolCall]:
        call = self._ask_for("find_order", {"order_number": number, **self._contact()})
        yield call
        result = self._result(call)
        self.progressed = True
        match result.outcome:
            case "found":
                self._fill("order", result.data["order_number"])
                self.frame.waiting = None
            case "details_needed":
                self.frame.slots["order_number"] = number
                self._wait("contact", Phrase("order.ask_contact"))
            case "not_matched":
                self._not_matched()
            case _:
                self._general(result)

    def _not_matched(self) -> None:
        tries = self.frame.slots.get("tries", 0) + 1
        self.frame.slots["tries"] = tries
        self.frame.slots.pop("order_number", None)
        self.frame.slots.pop("order", None)
        self._say(Phrase("order.not_matched"))
        asked = Phrase("order.ask_again") if tries < MAX_ORDER_TRIES else Phrase("offer.person")
        self._wait("order_number", asked)

    async def _pick_own_order(self, any_will_do: bool = False) -> AsyncIterator[ToolCall]:
        call = self._ask_for("list_orders", {})
        yield call
        result = self._result(call)
        numbers = list(result.data.get("order_numbers", ()))
        if len(numbers) == 1 or (numbers and any_will_do):
            self._fill("order", numbers[0])
            self.view.memory.order = numbers[0]
        elif (last := result.data.get("last_order")) and self._may_offer(last):
            self._offer(last)
        elif numbers:
            codes = tuple(self._number_fact(entry) for entry in result.evidence)
            self._wait("order_number", Phrase("order.choose", {"orders": Listing(items=codes)}), codes)
        else:
            self._wait("order_number", Phrase("order.ask"))

    def _number_fact(self, evidence: Evidence) -> Fact:
        return evidence.facts["order_number"]
