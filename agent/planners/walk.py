"""One walk through a flow: from its first step to the first thing still missing."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.flows import Step
from agent.planners.address_steps import AddressSteps
from agent.planners.call_steps import CallSteps
from agent.planners.change_steps import ChangeSteps
from agent.planners.claim_steps import ClaimSteps
from agent.planners.fit_steps import FitSteps
from agent.planners.planner import Phrase, ToolCall
from agent.planners.walking import Status

__all__ = ["Status", "Walk"]


class Walk(CallSteps, ChangeSteps, AddressSteps, FitSteps, ClaimSteps):
    """Walks a frame with one message. Steps whose slot is known pass; nothing is kept but the frame.

    `run` yields only the tool calls; afterwards `said` holds the sentences, `question` what is asked,
    `status` how it ended, and `progressed` whether the message brought the frame forward.
    """

    async def run(self) -> AsyncIterator[ToolCall]:
        self._begin()
        if self._is_elsewhere():
            async for call in self._elsewhere():
                yield call
            return
        for step in self.flow.steps:
            if any(str(self.frame.slots.get(slot)) != value for slot, value in step.when.items()):
                continue
            async for call in self._take(step):
                yield call
            if self.status is not Status.RUNNING:
                return
        self.status = Status.DONE

    def _take(self, step: Step) -> AsyncIterator[ToolCall]:
        if step.order:
            return self._order(step)
        if step.call:
            return self._call(step)
        return self._local(step)

    async def _local(self, step: Step) -> AsyncIterator[ToolCall]:
        if step.country:
            self._country(step)
        elif step.choose:
            self._choose(step)
        elif step.slot:
            self._slot(step)
        elif step.address:
            self._address(step)
        elif step.reroute:
            self._reroute(step)
        elif step.change:
            self._change(step)
        elif step.variant:
            self._other_version(step)
        elif step.fit:
            self._fit(step)
        elif step.photo:
            self._photo(step)
        elif step.agree:
            self._agree(step)
        elif step.say and step.signed_in and not self.view.signed_in:
            return
        elif step.say and self._news(step, step.say):
            self._say(Phrase(step.brief if self._brief and step.brief else step.say))
        elif step.hand_over:
            self._hand_over(step.hand_over)
        return
        yield  # an async generator that asks for nothing
