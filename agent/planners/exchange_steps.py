"""The steps of exchanges: which other size or colour is wanted, and how a size comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.flows import Step
from agent.planners.planner import Phrase, Statement
from agent.planners.slot_steps import SlotSteps
from agent.planners.walking import AGREE, Status
from commerce.models import ReturnReason
from facts.values import Fact
from nlu.perception import Answer, EntityKind
from nlu.sizes_said import like_said, sizes_said
from tools.fit import Way
from tools.items import option

MOST_REPLIES = 12
STEPS = {"up": 1, "up2": 2, "down": -1, "down2": -2}
RETURNING, LABEL = f"{AGREE}returning", f"{AGREE}label"
COLOUR_NAMES = ("colour", "color")
WISHES = ("options", RETURNING, "confirm", "lines", "way", "order_number", "contact")
"""What may be open while she names another size or colour."""
WRONG_ITEM = "wrong_or_missing_item"

Line = Mapping[str, Any]


class ExchangeSteps(SlotSteps):
    """Slots hold options, sizes, lengths and kinds: nothing that she wrote."""

    def _choose(self, step: Step) -> None:
        if step.hear and "noted" not in self.frame.slots:
            self._note(self._last[step.source or ""].data["lines"])
        super()._choose(step)

    def _note(self, lines: list[Line]) -> None:
        """Keep what the wish says of sizes and colours: which thing it is about may only be told later."""
        seen = self.view.perception
        own = next((size for line in lines if (size := size_of(line)) and size[:2].isdigit()), None)
        said = sizes_said(seen, own and own[:2])
        step = seen.first(EntityKind.SIZE_STEP)
        self.frame.slots["noted"] = {
            "sizes": [value for _, value in said],
            "like": like_said(seen, said, own and own[:2]),
            "step": step.value if step else None,
            "colours": [e.value for e in seen.all(EntityKind.COLOUR)],
            "fit": self._direction(),
        }

    def _noted(self, name: str) -> Any:
        """What was kept, while the thing is being chosen: later words are about what was asked since."""
        return self.frame.slots.get("noted", {}).get(name) if self._awaited == "lines" else None

    def _other_version(self, step: Step) -> None:
        """Fill `options` with what she wants otherwise, or turn to a return where she would rather have that."""
        line = self._chosen(step)
        slots = self.frame.slots
        slots["line_id"] = line["line_id"]
        slots.setdefault("quantity", slots["lines"][0]["quantity"])
        wanted = self._wanted_options(line)
        if wanted:
            self.frame.waiting = None
            self._fill("options", {**slots.get("options", {}), **wanted})
            self._fill("way", Way.EXCHANGE)
        elif self._rather_returns():
            return
        elif "options" not in slots and (size := slots.get("suggested")) and size in line["sizes"]:
            self._fill("options", {"size": size})
        if slots.get("way") == Way.RETURN:
            return
        if "options" in slots:
            slots.setdefault("way", Way.EXCHANGE)
            self._infer_reason(line)
            return
        if nothing := line.get("nothing"):
            self._wait(RETURNING, Statement(nothing), (Phrase("answer.yes"), Phrase("confirm.no")))
            return
        replies = (*self._in_stock(line), Phrase("exchange.return_instead"))
        self._wait("options", Phrase(step.variant or ""), replies)

    def _chosen(self, step: Step) -> Line:
        meant = self.frame.slots["lines"][0]["line_id"]
        lines: list[Line] = self._last[step.source or ""].data["lines"]
        return next(each for each in lines if each["line_id"] == meant)

    def _wanted_options(self, line: Line) -> dict[str, str]:
        """The sizes and colours that are said and are not those of the piece; "one size bigger" by the shop's order."""
        if self._awaited not in (None, *WISHES):
            return {}
        seen, slots = self.view.perception, self.frame.slots
        wanted: dict[str, str] = {}
        own = size_of(line)
        passed = {own, slots.get("feels_like"), slots.get("label")}
        told = [value for _, value in sizes_said(seen, own)] or self._noted("sizes") or []
        said = [value for value in told if value not in passed]
        named = [value for value in said if value in line["sizes"]] or said
        mention = seen.first(EntityKind.SIZE_STEP)
        step = mention.value if mention else self._noted("step")
        if own is not None and named:
            wanted["size"] = named[-1]
        elif own is not None and step is not None and self._open_to("options"):
            wanted |= self._next_size(line, own, STEPS.get(step, 0))
        for name in COLOUR_NAMES:
            current = line["options"].get(name)
            if current is None:
                continue
            noted = self._noted("colours") or []
            told = [*noted, *(e.value for e in seen.all(EntityKind.COLOUR))]
            colours = [value for value in told if value != current.lower()]
            if colours:
                wanted[name] = colours[-1]
        return wanted

    def _next_size(self, line: Line, own: str, places: int) -> dict[str, str]:
        sizes: list[str] = line["sizes"]
        place = sizes.index(own) + places if own in sizes else -1
        return {"size": sizes[place]} if places and 0 <= place < len(sizes) else {}

    def _rather_returns(self) -> bool:
        """She wants her money back or another product; True where that decides the step."""
        ways = {e.value for e in self.view.perception.all(EntityKind.WAY)}
        asked = self._awaited in ("options", RETURNING)
        answer = self.view.perception.leaning if self._awaited == RETURNING else None
        if answer is Answer.YES:
            self.frame.waiting = None
            self._fill("way", Way.RETURN)
            return True
        if answer is Answer.NO:
            self.frame.waiting = None
            self._say(Phrase("fit.kept"))
            self.status = Status.DONE
            return True
        if "other" in ways and "options" not in self.frame.slots:
            replies = (Phrase("answer.yes"), Phrase("confirm.no"))
            self._wait(RETURNING, Phrase("exchange.other_product"), replies)
            return True
        if asked and ways == {"return"}:
            self.frame.waiting = None
            self._fill("way", Way.RETURN)
            return True
        return False

    def _infer_reason(self, line: Line) -> None:
        """A larger size means that hers is too small; who wants another colour has changed her mind."""
        slots = self.frame.slots
        if "return_reason" in slots or self.view.perception.first(EntityKind.RETURN_REASON):
            return
        sizes, own, size = line["sizes"], size_of(line), slots["options"].get("size")
        if size is None:
            slots["return_reason"] = str(ReturnReason.CHANGED_MIND)
        elif own in sizes and size in sizes:
            bigger = sizes.index(size) > sizes.index(own)
            slots["return_reason"] = str(ReturnReason.TOO_SMALL if bigger else ReturnReason.TOO_LARGE)

    def _in_stock(self, line: Line) -> tuple[Fact, ...]:
        """What differs from her piece by one option."""
        own = line["options"]
        found: dict[tuple[str, str], Fact] = {}
        for other in line["in_stock"]:
            differing = [(name, value) for name, value in other.items() if own.get(name) != value]
            if len(differing) == 1:
                found.setdefault(differing[0], option(*differing[0]))
        return tuple(found.values())[:MOST_REPLIES]

    def _direction(self) -> str | None:
        """Heard as a fit, else by the reason that her words give."""
        seen = self.view.perception
        fits = [e.value for e in seen.all(EntityKind.FIT) if e.value != "like"]
        reasons = {"too_small": "smaller", "too_large": "larger"}
        named = [reasons[e.value] for e in seen.all(EntityKind.RETURN_REASON) if e.value in reasons]
        found = set(fits or named)
        return found.pop() if len(found) == 1 else None


def size_of(line: Line) -> str | None:
    size = line["options"].get("size")
    return None if size is None else str(size)
