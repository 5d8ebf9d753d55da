"""The steps that fill a slot from what the customer said: a country, a reason, the things meant."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from agent.flows import Step
from agent.planners.planner import Clarify, Phrase, Statement
from agent.planners.walking import AGREE, ENTITY_OF_SLOT, NEAR, OTHER, Status, Walking, candidates
from commerce.claims import ClaimKind
from commerce.models import ReturnReason
from conversations.models import HandoffReason
from facts.values import Fact, Term
from nlu.perception import CHOSEN, Answer, EntityKind
from tools.claim_rules import Wish
from tools.fit import Way

CHOICES: dict[str, Sequence[StrEnum]] = {
    "return_reason": tuple(ReturnReason),
    "claim_kind": (ClaimKind.MISSING, ClaimKind.WRONG_ITEM),
    "claim_remedy": tuple(Wish),
    "way": tuple(Way),
}
"""What a slot may hold, in the order in which it is offered."""

INSISTS = 0.5
"""How sure it is that she insists."""
INSISTS_OF_TWO = 0.7
"""The same where she names more than one choice: "an exchange would not fit either, I'll send it back"."""
TOLD_UNASKED = 0.85
"""How sure a choice must be that nobody has asked for."""
TELLS = {"everywhere": Answer.YES, "not_yet": Answer.NO}
"""What one tells instead of a yes or no to whether one has looked."""
NAMED_AGAIN = (
    "return_item",
    "exchange_item",
    "wrong_or_missing_item",
    "deny",
    "affirm",
    "never_mind",
    "out_of_scope",
)
"""How "no, the blue one" may be understood where it is not heard as a correction."""


class SlotSteps(Walking):
    """A slot is filled where it was asked for, is unknown, or is being corrected."""

    def _country(self, step: Step) -> None:
        country = self._resolve("$country")
        if country is None:
            assert step.ask is not None
            self._wait("country", Phrase(step.ask))
        else:
            self._fill("country", country)

    def _slot(self, step: Step) -> None:
        slot = step.slot or ""
        allowed = self._allowed(step)
        if allowed and self.frame.slots.get(slot, allowed[0]) not in allowed:
            self.frame.slots.pop(slot)
        mention = self._mention(ENTITY_OF_SLOT[slot]) if self._open_to(slot) else None
        if mention and mention.value == OTHER and slot in self.frame.slots:
            # "No, the blue one" gives no other reason.
            mention = None
        if mention and (not allowed or mention.value in allowed):
            self._fill(slot, mention.value)
        elif len(allowed) == 1:
            self._fill(slot, allowed[0])
        elif meant := self._inferred(step, allowed):
            self._fill(slot, meant)
        elif slot not in self.frame.slots and self._awaited == slot and self._explained(allowed):
            self._fill(slot, "other")
        if slot not in self.frame.slots:
            self._wait(slot, Phrase(step.ask or ""), self._choices(step, allowed))

    def _inferred(self, step: Step, allowed: tuple[str, ...]) -> str | None:
        """What the message means by other words than the listed ones: surer, where nobody has asked yet."""
        slot = step.slot or ""
        asked = self._awaited == slot
        undecided = self.view.perception.first(ENTITY_OF_SLOT[slot]) is not None
        if slot in self.frame.slots or not (asked or step.infer):
            return None
        choice = None if undecided else self.view.perception.choice(slot, allowed)
        if choice and choice[1] >= (CHOSEN if asked else TOLD_UNASKED):
            return choice[0]
        best = self.view.perception.segments[0].intents[0]
        sure = INSISTS_OF_TWO if undecided else INSISTS
        meant = step.means.get(best.intent) if asked and best.probability >= sure else None
        return meant if meant in allowed else None

    def _agree(self, step: Step) -> None:
        slot = f"{AGREE}{step.agree}"
        if self.frame.slots.get(slot):
            return
        answer = self._agreed(step) if self._awaited == slot else None
        if answer is Answer.YES:
            self._fill(slot, True)
        elif answer is Answer.NO:
            self.frame.waiting = None
            self._say(Phrase(step.silent or "social.anything_else"))
            self.status = Status.DONE
        else:
            self._wait(slot, Phrase(step.ask or ""), (Phrase("answer.yes"), Phrase("confirm.no")))

    def _agreed(self, step: Step) -> Answer | None:
        """A plain answer; else what she tells of it; else who insists on what the flow is about agrees; else how the
        message begins."""
        seen = self.view.perception
        kind = ENTITY_OF_SLOT.get(f"{AGREE}{step.agree}")
        told = self._mention(kind) if kind and seen.answer is None else None
        if told and told.value in TELLS:
            return TELLS[told.value]
        best = seen.segments[0].intents[0]
        if seen.answer is None and best.intent in step.insists and best.probability >= INSISTS:
            return Answer.YES
        return seen.leaning

    def _explained(self, allowed: tuple[str, ...]) -> bool:
        """Asked twice, she said something that fits none of the choices: the last of them is "other"."""
        return "other" in allowed and self.frame.misses > 0 and self.view.perception.answer is None

    def _allowed(self, step: Step) -> tuple[str, ...]:
        """What the slot may hold; of remedies only those that the shop has for what was chosen."""
        if step.source:
            return tuple(self._last[step.source].data.get("remedies", ()))
        return tuple(str(each) for each in CHOICES.get(step.slot or "", ()))

    def _choices(self, step: Step, allowed: tuple[str, ...]) -> tuple[Fact, ...]:
        return tuple(Term(id=f"{step.choices}.{each}") for each in allowed) if step.choices else ()

    def _choose(self, step: Step) -> None:
        slot = step.choose or ""
        data = self._last[step.source or ""].data
        lines = {line["line_id"]: line for line in data["lines"]}
        excluded = {line["line_id"]: line for line in data.get("excluded", ())}
        known = self.frame.slots.get(slot)
        if known and not all(entry["line_id"] in lines for entry in known):
            self.frame.slots.pop(slot)
        meant = self._lines_meant(slot, {**lines, **excluded})
        if refused := [excluded[each] for each in meant if each in excluded]:
            for line in refused:
                self._say(Statement(line["evidence"]))
            meant = [each for each in meant if each in lines]
            if any(line.get("for_a_person") for line in refused):
                self._hand_over(HandoffReason.NOT_AUTOMATED)
                return
            if not meant:
                self.status = Status.DONE
                return
        if not meant and slot not in self.frame.slots and (len(lines) == 1 or self._withdraws()):
            meant = list(lines)
        if meant:
            self._fill(
                slot, [{"line_id": each, "quantity": self._quantity(step, lines[each])} for each in meant]
            )
        if slot not in self.frame.slots:
            choices = tuple(self._line_choice(line) for line in lines.values())
            self._wait(slot, Phrase(step.ask or ""), choices)
            self.question = Clarify(Phrase(step.ask or ""), choices, listed="items")

    def _withdraws(self) -> bool:
        """Who withdraws from the purchase and names no thing gives everything back."""
        return self.frame.slots.get("return_reason") == ReturnReason.WITHDRAWAL

    def _lines_meant(self, slot: str, lines: dict[str, Any]) -> list[str]:
        if not self._open_to(slot) and not self._means_another():
            return []
        mentioned = self.view.mentioned(candidates(lines.values()))
        if len(mentioned) > 1 and not self.view.means_all:
            return []
        return [candidate.id for candidate in mentioned]

    def _means_another(self) -> bool:
        """While the return waits for a code or a yes, naming a thing again means that one, not the chosen one."""
        wish = self.view.perception.segments[0].intent
        return self._awaited in ("confirm", "code") and wish in NAMED_AGAIN

    def _quantity(self, step: Step, line: dict[str, Any]) -> int:
        """Of "two of the three" the lesser is meant; "I keep one" counts for nothing."""
        kept = [way.end for way in self.view.perception.all(EntityKind.WAY) if way.value == Way.KEEP]
        told = [
            int(mention.value)
            for mention in self.view.perception.all(EntityKind.QUANTITY)
            if mention.value.isdigit() and not any(0 <= mention.start - end <= NEAR for end in kept)
        ]
        if not told and step.pieces == "one" and not self.view.means_all:
            return 1
        return min([int(line["quantity"]), *told])

    def _line_choice(self, line: dict[str, Any]) -> Phrase:
        evidence = self.view.evidence[line["evidence"]]
        return Phrase(evidence.statement or "", dict(evidence.facts))
