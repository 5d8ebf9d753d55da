"""The step that gathers a postal address from her messages; the address itself is never kept in a frame."""

from __future__ import annotations

from dataclasses import asdict

from agent.flows import Step
from agent.planners.planner import Phrase
from agent.planners.walking import Walking
from nlu.perception import AddressTold


class AddressSteps(Walking):
    """A frame remembers in which of her messages parts of the address stand, and they are read again every time."""

    def _address(self, step: Step) -> None:
        told = self._told_before()
        if self._may_tell_address():
            asked = self._awaited == "address" or self.view.perception.correction
            for message in self.view.messages:
                if new := self._read(message.text, asked):
                    told = new.over(told)
                    self._hear(message.id)
        if not told:
            self._wait("address", Phrase(step.address or ""))
            return
        if self.frame.waiting == "address":
            self.frame.waiting = None
        self._held["address"] = {name: value for name, value in asdict(told).items() if value}

    def _told_before(self) -> AddressTold:
        heard = self.frame.slots.get("heard", [])
        told = AddressTold()
        for message in self.view.recent:
            if message.id in heard:
                told = (self._read(message.text, True) or AddressTold()).over(told)
        return told

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
