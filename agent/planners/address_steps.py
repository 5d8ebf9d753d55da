"""The step that gathers a postal address from her messages; the address itself is never kept in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from agent.flows import Step
from agent.planners.planner import Phrase
from agent.planners.walking import Walking
from conversations.models import Author, Message
from nlu.perception import AddressTold, EntityKind


class AddressSteps(Walking):
    """A frame remembers in which of her messages parts of the address stand, and they are read again every time."""

    def _begin(self) -> None:
        """Notes where an address may first stand: often with the wish, before it is known which order is meant."""
        if any(step.address for step in self.flow.steps) and self.view.messages:
            self.frame.slots.setdefault("since", self.view.messages[0].id)

    def _address(self, step: Step) -> None:
        told = self._told_before()
        if self._may_tell_address():
            asked = self._awaited in ("address", "confirm") or self.view.perception.correction
            for message in self.view.messages:
                if (new := self._read(message.text, asked)) and self._counts(new, told, asked):
                    told = new.over(told)
                    self._hear(message.id)
        if not told:
            self._wait("address", Phrase(step.address or ""))
            return
        if self.frame.waiting == "address":
            self.frame.waiting = None
        self._held["address"] = {name: value for name, value in asdict(told).items() if value}

    def _counts(self, new: AddressTold, told: AddressTold, asked: bool) -> bool:
        """A lone postcode may only show who she is, and a lone word with a capital may be anything but a town."""
        if new.line1 or new.number or (new.postcode and new.city):
            return True
        if new.postcode or new.country:
            return asked or self.view.perception.first(EntityKind.EMAIL) is not None
        return bool(told.line1 and not told.city)

    def _told_before(self) -> AddressTold:
        heard = self.frame.slots.get("heard")
        told = AddressTold()
        for message in self._since_the_wish():
            new = self._read(message.text, heard is not None)
            if heard is None and new and self._counts(new, told, asked=False):
                self._hear(message.id)
                told = new.over(told)
            elif new and heard and message.id in heard:
                told = new.over(told)
        return told

    def _since_the_wish(self) -> Sequence[Message]:
        ids = [message.id for message in self.view.recent]
        since = self.frame.slots.get("since")
        later = self.view.recent[ids.index(since) :] if since in ids else ()
        return [message for message in later if message.author is Author.CUSTOMER]

    def _hear(self, message_id: str) -> None:
        heard: list[str] = self.frame.slots.setdefault("heard", [])
        if message_id not in heard:
            heard.append(message_id)
            self.progressed = True

    def _read(self, text: str, asked: bool) -> AddressTold | None:
        country = self._last["changeable"].data["country"]
        return self.view.address(text, country, asked)

    def _may_tell_address(self) -> bool:
        """Not where a code is asked for, and not in a plain yes or no."""
        if self._awaited == "code" and self.view.code_mentioned():
            return False
        return self.view.perception.answer is None
