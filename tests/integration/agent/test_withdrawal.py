"""Withdrawing from a purchase in conversation: understood by its words, confirmed in two steps, written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commerce.models import ReturnReason
from conversations.models import HandoffReason
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open, Talk, told


async def code(house: House) -> str:
    newest = (await house.deployment.mails.recent(1))[0]
    found = re.search(r"\b\d{6}\b", newest.text)
    assert found
    return found[0]


async def withdrawn(talk: Talk, handle: str) -> None:
    """Types the code and says yes; the return and its receipt are there."""
    house, story = talk.house, STORIES[handle]
    shown = await talk.say(await code(house))
    assert told(shown)[0] == "return.proposed"
    order = await house.deployment.backend.order_by_number(story.number)
    assert order is not None
    assert not await house.deployment.backend.returns(order.id)
    done = await talk.say(house.words(story.language, "confirm.yes"))
    assert told(done) == ["return.opened", "return.receipt"]
    (made,) = await house.deployment.backend.returns(order.id)
    assert {line.reason for line in made.lines} == {ReturnReason.WITHDRAWAL}
    assert len(made.lines) == len(order.lines)
    mail = (await house.deployment.mails.recent(1))[0]
    assert (mail.recipient, mail.language) == (order.email, story.language)
    for line in order.lines:
        assert line.titles.get(story.language, line.title) in mail.text
    assert story.number in mail.text


async def test_german_withdrawal_is_proposed_without_a_why_and_confirmed_in_writing(house: House) -> None:
    story = STORIES["final_sale_de"]
    talk = await house.open()
    asked = await talk.say(f"Hiermit widerrufe ich meine Bestellung {story.number}. {story.email}")
    assert told(asked) == ["identity.code_sent"]
    await withdrawn(talk, "final_sale_de")


async def test_english_withdrawal_is_remembered_while_the_order_is_asked_for(house: House) -> None:
    story = STORIES["final_sale_en"]
    talk = await house.open()
    asked = await talk.say("I hereby withdraw from the contract.")
    assert asked.text.endswith(house.words("en", "order.ask"))
    sent = await talk.say(f"{story.number}, {story.email}")
    assert told(sent) == ["identity.code_sent"]
    await withdrawn(talk, "final_sale_en")


async def test_withdrawal_before_anything_was_sent_cancels_the_order(house: House) -> None:
    story = STORIES["processing_eur_de"]
    talk = await house.open()
    asked = await talk.say(f"Ich trete vom Kauf {story.number} zurück. {story.email}")
    assert told(asked) == ["identity.code_sent"]
    assert told(await talk.say(await code(house))) == ["cancel.proposed"]


async def test_question_about_the_right_is_answered_with_the_rule(house: House) -> None:
    talk = await house.open(market="DE")
    answered = await talk.say("Wie lange kann ich bei Ihnen widerrufen?")
    assert told(answered)[0] == "policy.return_window_in"


@pytest.mark.parametrize(
    ("handle", "says"),
    [
        ("delivered_single_es", "Ejerzo mi derecho de desistimiento del pedido {number}. {email}"),
        ("delivered_single_fr", "Je me rétracte de ma commande {number}, {email}"),
        ("delivered_single_ja", "契約を解除したいです。注文番号 {number}、{email}"),
        ("delivered_single_zh", "订单{number}我要七天无理由退货，邮箱{email}"),
    ],
)
async def test_withdrawal_is_understood_in_other_languages(house: House, handle: str, says: str) -> None:
    story = STORIES[handle]
    talk = await house.open()
    sent = await talk.say(says.format(number=story.number, email=story.email))
    assert told(sent) == ["identity.code_sent"], sent.text
    shown = await talk.say(await code(house))
    assert told(shown)[0] in ("return.proposed", "return.proposed_free")


def unchecked(folder: Path, country: str, days: int) -> Path:
    """A shop's own folder, in which the right of a country is one that nobody has checked."""
    (folder / "countries").mkdir()
    rule = f"withdrawal: {{days: {days}, unverified: true, source: Hearsay of the trade}}\n"
    (folder / "countries" / f"{country}.yaml").write_text(rule, "utf-8")
    return folder


async def test_where_only_the_shops_rules_are_known_a_person_is_offered(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, tmp_path: Path
) -> None:
    house = await open_house(shop_url, understanding, markets_dir=unchecked(tmp_path, "US", 0))
    story = STORIES["final_sale_only_zh"]
    talk = await house.open()
    refused = await talk.say(f"我想退掉订单{story.number}，邮箱{story.email}")
    assert told(refused) == ["return.final_sale", "return.shop_rules"]
    person = await talk.say("好的")
    assert person.handoff is not None
    assert person.handoff.reason is HandoffReason.ASKED_FOR_PERSON


async def test_what_an_unchecked_law_may_allow_goes_to_a_person(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, tmp_path: Path
) -> None:
    house = await open_house(shop_url, understanding, markets_dir=unchecked(tmp_path, "AT", 14))
    story = STORIES["final_sale_de"]
    talk = await house.open()
    answer = await talk.say(f"Ich möchte die Sandalen aus {story.number} zurückgeben. {story.email}")
    assert told(answer)[0] == "return.right_unverified"
    assert answer.handoff is not None
    assert answer.handoff.reason is HandoffReason.NOT_AUTOMATED
