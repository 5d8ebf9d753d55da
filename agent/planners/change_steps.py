"""The steps that find out what of an order is to change: which article, and into what."""

from __future__ import annotations

import re
from typing import Any

from agent.flows import Step
from agent.planners.planner import Clarify, Phrase
from agent.planners.slot_steps import SlotSteps
from agent.planners.walking import Status
from nlu.perception import EntityKind
from nlu.sizes_said import sizes_said

ORDER_OF_WISHES = ("payment", "default_address", "remove", "add", "variant", "quantity", "address")
"""Of several words the one that says most: "take out the blue pair" is no wish for another colour."""
OPTION_OF = {"size": EntityKind.SIZE, "colour": EntityKind.COLOUR, "color": EntityKind.COLOUR}
CHOICES = ("variant", "quantity", "remove", "payment", "address")
STEPS = {"up": 1, "up2": 2, "down": -1, "down2": -2}
SMALL_NUMBER = re.compile(r"(?<![\d.,#-])\d{1,2}(?![\d.,-])")

Line = dict[str, Any]


class ChangeSteps(SlotSteps):
    """Slots hold kinds, line ids, options and counts: nothing that she wrote."""

    def _reroute(self, step: Step) -> None:
        """Another flow does what she wants; asked where she has just come, or says what she meant."""
        assert step.reroute is not None
        fresh = self._awaited in (None, "what") or self.view.perception.correction
        wish = self._wish() if fresh else None
        if wish is not None and wish in step.reroute:
            self.replacement = step.reroute[wish]
            self.status = Status.REPLACED

    def _change(self, step: Step) -> None:
        slots = self.frame.slots
        if wish := self._new_wish():
            self._fill("what", wish)
        if "what" not in slots:
            self._wait(
                "what", Phrase(step.change or ""), tuple(Phrase(f"change.choice_{c}") for c in CHOICES)
            )
            return
        line = self._line()
        if line is None:
            return
        change = self._variant(line) if slots["what"] == "variant" else self._pieces(line)
        if change is not None:
            self._held["changes"] = [{"line_id": line["line_id"], **change}]

    def _wish(self) -> str | None:
        seen = self.view.perception
        said = {entity.value for entity in seen.all(EntityKind.CHANGE)}
        if found := next((wish for wish in ORDER_OF_WISHES if wish in said), None):
            return found
        if seen.first(EntityKind.PAYMENT_METHOD):
            return "payment"
        if seen.first(EntityKind.SIZE) or seen.first(EntityKind.COLOUR) or seen.first(EntityKind.SIZE_STEP):
            return "variant"
        return "quantity" if seen.first(EntityKind.QUANTITY) else None

    def _new_wish(self) -> str | None:
        """A wish of this message, unless it only answers what was asked."""
        if self._awaited in ("line", "variant", "quantity", "code"):
            return None
        if not (self._open_to("what") or self._awaited == "confirm"):
            return None
        wish = self._wish()
        if wish in (None, "quantity") and any(self._options(line) for line in self._lines().values()):
            # "I ordered a 38 and need a 39": a size to whoever knows what was ordered.
            said = self.view.perception.all(EntityKind.CHANGE)
            wish = wish if any(entity.value == "quantity" for entity in said) else "variant"
        return wish if wish in ("variant", "quantity", "add", "remove") else None

    def _lines(self) -> dict[str, Line]:
        return {line["line_id"]: line for line in self._last["changeable"].data["lines"]}

    def _line(self) -> Line | None:
        lines = self._lines()
        slots = self.frame.slots
        meant = self._lines_meant("line", lines)
        if not meant and len(lines) == 1:
            meant = list(lines)
        if not meant and slots["what"] == "variant" and "line" not in slots:
            # Nothing but the shoes comes in a 39.
            meant = [key for key, line in lines.items() if self._offered(line)]
        if len(meant) == 1:
            self._fill("line", meant[0])
        if slots.get("line") not in lines:
            choices = tuple(self._line_choice(line) for line in lines.values())
            self._wait("line", Phrase("change.ask_line"), choices)
            self.question = Clarify(Phrase("change.ask_line"), choices, listed="items")
            return None
        line: Line = lines[slots["line"]]
        return line

    def _variant(self, line: Line) -> dict[str, Any] | None:
        slots = self.frame.slots
        if (self._open_to("options") or self._awaited in ("variant", "confirm")) and (
            wanted := self._options(line)
        ):
            self._fill("options", wanted)
            self._answered_slot("variant")
        if "options" not in slots:
            self._wait("variant", Phrase("change.ask_variant"))
            return None
        return {"options": slots["options"]}

    def _options(self, line: Line) -> dict[str, str]:
        """The sizes and colours that are said and are not those of the article as it was ordered."""
        wanted: dict[str, str] = {}
        for option, kind in OPTION_OF.items():
            current = str(line["options"].get(option, ""))
            said = [entity.value for entity in self.view.perception.all(kind) if entity.value != current]
            if kind is EntityKind.SIZE and current:
                said = self._sizes(line, current)
            if option in line["options"] and said:
                wanted[option] = said[-1]
        return wanted

    def _sizes(self, line: Line, current: str) -> list[str]:
        """The other sizes that are said: by their numbers beside the one that was ordered, or by steps from it."""
        said = [value for _, value in sizes_said(self.view.perception, current) if value != current]
        there: list[str] = line.get("choices", {}).get("size", [])
        step = self.view.perception.first(EntityKind.SIZE_STEP)
        if said or step is None or current not in there:
            return [value for value in said if value in there] or said
        place = there.index(current) + STEPS.get(step.value, 0)
        return [there[place]] if 0 <= place < len(there) else []

    def _offered(self, line: Line) -> bool:
        wanted, choices = self._options(line), line.get("choices", {})
        return bool(wanted) and all(value in choices.get(name, ()) for name, value in wanted.items())

    def _pieces(self, line: Line) -> dict[str, Any] | None:
        slots, known, what = self.frame.slots, int(line["quantity"]), self.frame.slots["what"]
        if self._open_to("count") or self._awaited in ("quantity", "confirm"):
            told = self._count(known)
            if told is not None:
                self._fill("count", told)
                self._answered_slot("quantity")
        count = slots.get("count")
        if what == "remove":
            return {"quantity": max(0, known - count) if count and count < known else 0}
        if what == "add":
            return {"quantity": known + (count or 1)}
        if count is None:
            self._wait("quantity", Phrase("change.ask_quantity"))
            return None
        return {"quantity": count}

    def _count(self, known: int) -> int | None:
        """The number of pieces that is said; of "three instead of two" the one that is not so already."""
        seen = self.view.perception
        said = [int(each.value) for each in seen.all(EntityKind.QUANTITY) if each.value.isdigit()]
        if not said and (self.frame.slots.get("what") == "quantity"):
            told = [e.text for kind in (EntityKind.SIZE, EntityKind.ORDER_NUMBER) for e in seen.all(kind)]
            text = seen.text
            for each in told if self._awaited != "quantity" else ():
                text = text.replace(each, " ")
            said = [int(found[0]) for found in SMALL_NUMBER.finditer(text)]
        if self.frame.slots.get("what") == "quantity":
            said = [number for number in said if number != known] or said
        return said[-1] if said else None

    def _answered_slot(self, slot: str) -> None:
        if self.frame.waiting == slot:
            self.frame.waiting = None
