"""Who has no account that she signs in to is remembered like one who has, once she has given back the code."""

from __future__ import annotations

import pytest

from agent.planners.planner import Memory
from conversations.models import Priority
from conversations.profiles import Formality
from tests.integration.agent.conftest import House, Open, Talk, told
from tests.integration.agent.remembering import STORY, open_shop, waited
from tests.integration.agent.test_forgetting import CANARY, everything, files_of, residue, states
from tests.integration.agent.test_memory import ME, code_in

KNOWS = f"{STORY.number}, {STORY.email}"


@pytest.fixture
async def shop(open_house: Open, shop_url: str) -> House:
    return await open_shop(open_house, shop_url)


async def wrote(shop: House) -> Talk:
    """A conversation in which number and address were known, and that waits for a person."""
    talk = await shop.open(language="en")
    await talk.say(f"Where is {KNOWS}? I am {CANARY}")
    await talk.say("I want a person")
    return talk


async def comes_again(shop: House) -> Talk:
    """A new conversation in which the code of the order is mailed to her, and not yet given back."""
    talk = await shop.open(language="en")
    await talk.say("I already wrote to you")
    assert told(await talk.say(KNOWS)) == ["identity.code_sent"]
    return talk


async def give_code(shop: House, talk: Talk) -> list[str]:
    return told(await talk.say(code_in((await shop.deployment.mails.recent())[0].text)))


async def test_what_she_wrote_before_is_told_after_the_code_and_not_earlier(shop: House) -> None:
    await wrote(shop)
    assert "history.waiting" in await give_code(shop, await comes_again(shop))


async def test_her_long_wait_counts(shop: House) -> None:
    earlier = await wrote(shop)
    await waited(shop, earlier.id, 30)
    assert "history.raised" in await give_code(shop, await comes_again(shop))
    handoff = await shop.conversations.open_handoff(earlier.id)
    assert handoff is not None
    assert handoff.priority is Priority.HIGH


async def test_nobody_who_never_wrote_is_told_that_she_did(shop: House) -> None:
    assert "history.none" in await give_code(shop, await comes_again(shop))


async def test_words_of_who_only_knew_number_and_address_are_shown_to_nobody(shop: House) -> None:
    earlier, again = await wrote(shop), await comes_again(shop)
    await give_code(shop, again)
    for path in (ME, f"{ME}/export"):
        shown = await shop.client.get(path, headers=again.headers)
        assert shown.status_code == 200
        assert earlier.id not in shown.text
        assert CANARY not in shown.text

    first = await comes_again(shop)
    await give_code(shop, first)
    await first.say("You may call me du")
    await first.say("which size do I need, I wear size M")
    await shop.idle()
    second = await comes_again(shop)
    assert (await memory(shop, second)).formality is None, "number and address alone tell nothing"
    await give_code(shop, second)
    await second.say("thank you")
    assert (await memory(shop, second)).formality is Formality.FAMILIAR
    profile = (await shop.client.get(ME, headers=second.headers)).json()["profile"]
    assert (profile["sizes"], profile["formality"]) == ({"letters": "M"}, "familiar")
    assert profile["last_order"] == STORY.number


async def memory(shop: House, talk: Talk) -> Memory:
    saver = shop.deployment.checkpoints.saver
    state = await saver.aget({"configurable": {"thread_id": talk.id}})
    assert state is not None
    return Memory.model_validate(state["channel_values"]["memory"])


async def test_erasing_herself_leaves_nothing_of_any_of_her_conversations(
    either_shop_url: str, open_house: Open, capfd: pytest.CaptureFixture[str]
) -> None:
    shop = await open_shop(open_house, either_shop_url)
    earlier, again = await wrote(shop), await comes_again(shop)
    await give_code(shop, again)
    await again.say(f"You may call me du, {CANARY}")
    await shop.idle()
    assert CANARY in await everything(shop.deployment)
    erased = await shop.client.delete(ME, headers=again.headers)
    assert (erased.status_code, erased.json()["conversations"], erased.json()["profile"]) == (200, 2, True)
    assert residue((await everything(shop.deployment)).encode()) == []
    assert residue(files_of(shop)) == []
    assert residue("".join(capfd.readouterr()).encode()) == []
    assert not {earlier.id, again.id} & set(states(shop).split("'"))
    assert "history.none" in await give_code(shop, await comes_again(shop))
