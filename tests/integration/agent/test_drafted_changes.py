"""A change that is only drafted binds nobody: no yes confirms it, no code is mailed for it."""

from __future__ import annotations

from conversations.models import ActionState, HandoffReason, Mode
from tests.integration.agent.conftest import ANNA, Make, told
from tests.integration.agent.modes import ASKED, identified, status


async def test_change_is_worded_in_a_draft_and_no_yes_can_confirm_it(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await identified(house, talk)
    await talk.say("Please cancel it")
    worded = (await house.conversations.drafts(talk.id))[-1]
    assert {entry.statement for entry in worded.evidence} >= {"cancel.proposed"}
    assert await house.deployment.ports.proposals.settle(talk.id, "turn_later") is None
    await house.conversations.send_draft(talk.id, worded.id, ANNA)
    # Even where the assistant speaks again by then.
    for mode in (Mode.DRAFT, Mode.AUTO):
        house.deployment.ports.modes.default = mode
        yes = await talk.say("Yes")
        assert not [action for action in yes.actions if action.state is ActionState.EXECUTED]
    assert await status(house) == "processing"


async def test_yes_to_a_drafted_change_brings_a_person(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await identified(house, talk)
    await talk.say("Please cancel it")
    yes = await talk.say("Yes")
    assert yes.text.startswith(house.words("en", "handoff.not_automated"))
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.NOT_AUTOMATED


async def test_rule_for_a_change_holds_however_the_yes_was_taken(opened: Make) -> None:
    house = await opened(Mode.AUTO)
    talk = await house.open(market="GB")
    await identified(house, talk)
    assert told(await talk.say("Please cancel it")) == ["cancel.proposed"]
    (house.deployment.settings.home / "modes.yaml").write_text(
        "- {mode: draft, intent: cancel_order}", "utf-8"
    )
    yes = await talk.say("Yes")
    assert yes.text.startswith(house.words("en", "handoff.not_automated"))
    assert await status(house) == "processing"


async def test_no_code_is_mailed_for_a_draft(opened: Make) -> None:
    house = await opened(Mode.DRAFT)
    talk = await house.open(market="GB")
    await talk.say(ASKED)
    before = await house.deployment.mails.recent()
    reply = await talk.say("Please cancel it")
    assert reply.text.startswith(house.words("en", "handoff.not_automated"))
    assert await house.deployment.mails.recent() == before
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert handoff.reason is HandoffReason.NOT_AUTOMATED
