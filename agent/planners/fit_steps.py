"""The step that hears how a size comes out."""

from __future__ import annotations

from collections.abc import Mapping

from agent.flows import Step
from agent.planners.exchange_steps import LABEL, WRONG_ITEM, ExchangeSteps, Line, size_of
from agent.planners.planner import Phrase
from agent.planners.walking import Status
from facts.values import Term
from nlu.perception import CHOSEN, Answer, EntityKind
from nlu.sizes_said import like_said, sizes_said
from tools.fit import Way

INSTEAD: Mapping[str, str] = {Way.RETURN: "return_item", Way.EXCHANGE: "exchange_item"}


class FitSteps(ExchangeSteps):
    """By the size that it fits like, by words, by a length that was measured, or asked."""

    def _fit(self, step: Step) -> None:
        """How the piece comes out: by the size that it fits like, by her words, or asked."""
        slots = self.frame.slots
        line = self._chosen(step)
        slots["line_id"] = line["line_id"]
        slots.setdefault("quantity", slots["lines"][0]["quantity"])
        if self._awaited == LABEL:
            self._label_answered()
            if self.status is not Status.RUNNING:
                return
        self._hear_fit(line)
        if not any(name in slots for name in ("fit", "feels_like", "centimetres")):
            if self._awaited == "fit" and (rather := self._rather()):
                self.replacement, self.status = rather, Status.REPLACED
                return
            self._wait(
                "fit", Phrase(step.fit or ""), (Term(id="term.fit.smaller"), Term(id="term.fit.larger"))
            )

    def _rather(self) -> str | None:
        """The flow of what she wants done, where she says that instead of how it comes out."""
        told = self._mention(EntityKind.WAY)
        choice = self.view.perception.choice("way", [str(way) for way in Way])
        meant = told.value if told else choice[0] if choice and choice[1] >= CHOSEN else None
        return INSTEAD.get(meant or "")

    def _label_answered(self) -> None:
        """Another size on the label than was ordered is a wrong item."""
        answer = self.view.perception.answer
        if answer is Answer.YES:
            self.replacement, self.status = WRONG_ITEM, Status.REPLACED
        elif answer is Answer.NO:
            self.frame.slots.pop("label", None)
            self.frame.waiting, self.progressed = None, True

    def _hear_fit(self, line: Line) -> None:
        seen, slots, own = self.view.perception, self.frame.slots, size_of(line)
        if "heard" not in slots or self._awaited in (LABEL, "fit") or seen.correction:
            said = sizes_said(seen, own)
            like = like_said(seen, said, own) or self._noted("like")
            if like is not None and like != own:
                self._fill("feels_like", like)
            rest = [value for value in self._noted("sizes") or [value for _, value in said] if value != like]
            if (
                self._awaited != "fit"
                and rest
                and own is not None
                and own not in rest
                and "heard" not in slots
            ):
                self._fill("label", rest[0])
            elif self._awaited == LABEL and own in rest:
                slots.pop("label", None)
                self.frame.waiting, self.progressed = None, True
            if direction := self._direction() or self._noted("fit"):
                self._fill("fit", direction)
            slots["heard"] = True
        measure = seen.first(EntityKind.MEASURE)
        if measure is not None:
            part, _, length = measure.value.partition("=")
            if part not in ("weight", "height"):
                slots.pop("part", None)
                if part != "?":
                    slots["part"] = part
                self._fill("centimetres", length)
