"""Do I pay customs? Asked in conversation, about an order and about a country, in English and in German."""

from __future__ import annotations

from pathlib import Path

import pytest

from commerce.demo import demo_policy_file
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open, told

CANADIAN, SWISS = STORIES["pickup_en"], STORIES["in_customs_de"]
SWISS_LANE = "      free_from: {minor: 12000, currency: CHF}\n      duties: included\n"


@pytest.fixture
async def unpaid(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, tmp_path: Path
) -> House:
    """A shop that leaves duties and taxes to its Swiss customers, and knows what the post takes for them."""
    file = tmp_path / "policy.yaml"
    text = demo_policy_file().read_text("utf-8")
    assert SWISS_LANE in text
    theirs = SWISS_LANE.replace("included", "customer_pays")
    fee = "      carrier_handling: {minor: 1300, currency: CHF}\n"
    file.write_text(text.replace(SWISS_LANE, theirs + fee), "utf-8")
    return await open_house(shop_url, understanding, policy_file=file)


async def test_english_order_hears_the_plain_answer_before_its_parts(house: House) -> None:
    talk = await house.open()
    reply = await talk.say(f"Do I have to pay customs duties on order {CANADIAN.number}? {CANADIAN.email}")
    assert told(reply)[:3] == ["landed.unsure", "landed.duty_unknown", "landed.tax_unknown"]
    assert "Customs Tariff" in reply.text
    assert house.words("en", "offer.person") in reply.text


async def test_german_order_hears_the_amount_its_parts_and_what_is_not_checked(unpaid: House) -> None:
    talk = await unpaid.open()
    reply = await talk.say(f"Muss ich für die Bestellung {SWISS.number} noch Zoll bezahlen? {SWISS.email}")
    said = told(reply)
    assert said[0] in ("landed.due", "landed.due_about")
    assert said[1] == "landed.duty_none"
    assert {"landed.handling", "landed.unverified"} <= set(said)
    assert "CHF" in reply.text


async def test_german_order_with_duties_in_the_price_pays_nothing_more(house: House) -> None:
    talk = await house.open()
    reply = await talk.say(f"Muss ich für die Bestellung {SWISS.number} noch Zoll bezahlen? {SWISS.email}")
    assert told(reply) == ["policy.duties_included"]


@pytest.mark.parametrize(
    ("message", "limit"),
    [("Do I pay customs duties for Japan?", "¥10,000"), ("Muss ich in Japan Zoll zahlen?", "10.000")],
)
async def test_country_alone_is_answered_with_the_value_that_is_free(
    house: House, message: str, limit: str
) -> None:
    reply = await (await house.open()).say(message)
    assert told(reply) == ["policy.duties_customer_pays", "landed.free_up_to", "landed.source"]
    assert limit in reply.text


async def test_country_is_asked_for_and_then_answered(house: House) -> None:
    talk = await house.open()
    asked = await talk.say("Do I have to pay customs duties?")
    assert asked.text.endswith(house.words("en", "country.ask"))
    assert told(await talk.say("Canada"))[0] == "policy.duties_customer_pays"


async def test_a_lower_value_is_declined_and_the_true_cost_of_the_order_follows(unpaid: House) -> None:
    talk = await unpaid.open()
    await talk.say(f"Wo ist meine Bestellung {SWISS.number}? {SWISS.email}")
    reply = await talk.say("Können Sie auf der Zollerklärung einen niedrigeren Wert angeben?")
    assert unpaid.words("de", "customs.true_value") in reply.text
    assert told(reply)[0] in ("landed.due", "landed.due_about")


async def test_brazilian_return_costs_nothing_within_the_days_of_the_law(house: House) -> None:
    reply = await (await house.open(market="BR")).say("Quanto custa a devolução?")
    assert told(reply)[0] == "policy.return_cost_by_law"
