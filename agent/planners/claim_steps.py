"""The step that asks for a photo where a remedy needs one."""

from __future__ import annotations

from agent.flows import Step
from agent.planners.planner import Phrase
from agent.planners.walking import Walking
from conversations.models import HandoffReason
from nlu.perception import Answer, EntityKind


class ClaimSteps(Walking):
    """A photo is asked for once; who cannot send one gets a person, not a second request."""

    def _photo(self, step: Step) -> None:
        data = self._last[step.source or ""].data
        if self.frame.slots.get("claim_remedy") not in data.get("photo_for", ()) or data.get("photos"):
            if self._awaited == "photo":
                self.frame.waiting = None
                self.progressed = True
            return
        if self._has_none():
            self._hand_over(HandoffReason.NOT_AUTOMATED)
        else:
            self._wait("photo", Phrase(step.photo or ""), (Phrase("claim.no_photo"),))

    def _has_none(self) -> bool:
        if self.view.perception.first(EntityKind.PHOTO):
            return True
        asked = self._awaited == "photo"
        return asked and (self.view.perception.answer is Answer.NO or self.frame.misses > 0)
