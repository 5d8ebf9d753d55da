"""The question that comes before "which order?": is it about the one that she asked about last?"""

from __future__ import annotations

from agent.planners.planner import Phrase
from agent.planners.walking import Walking
from facts.values import Code
from nlu.perception import Answer

LAST_ORDER = "last_order"
"""The slot that is waited for; it holds the number that is offered, and nothing once she has said no."""


class LastOrder(Walking):
    """Offered once: a no leads to the choice among all of hers, a number is taken instead of a yes."""

    def _may_offer(self, number: str) -> bool:
        return bool(self.frame.slots.get(LAST_ORDER, number) == number)

    def _offer(self, number: str) -> None:
        self.frame.slots[LAST_ORDER] = number
        again = Phrase("memory.again", {"order_number": Code(value=number)})
        self._wait(LAST_ORDER, again, (Phrase("memory.yes"), Phrase("memory.no")))

    def _takes_up_last_order(self) -> bool:
        """Whether she has just said yes to it."""
        if self._awaited != LAST_ORDER:
            return False
        offered = self.frame.slots.get(LAST_ORDER)
        if self._denied():
            self.frame.slots[LAST_ORDER] = None
            self.frame.waiting = None
            self.progressed = True
            return False
        if not self._affirmed() or offered is None:
            return False
        self._fill("order", offered)
        self.frame.slots.pop(LAST_ORDER)
        self.frame.waiting = None
        self.view.memory.order = offered
        return True

    def _affirmed(self) -> bool:
        seen = self.view.perception
        return seen.leaning is Answer.YES and not seen.correction

    def _denied(self) -> bool:
        """ "No, another one" is heard as a correction, and means no all the same."""
        seen = self.view.perception
        return seen.leaning is Answer.NO or seen.correction
