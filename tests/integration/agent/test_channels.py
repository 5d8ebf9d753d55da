"""What leaves on a marketplace, on the shop's own chat and where nobody knows the rules: real graph, real HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from conversations.models import EventKind, HandoffReason, Mode, Owner
from desk.staff import Role, Staff, StaffTokens
from facts.evidence import Evidence, EvidenceKind
from facts.values import Text, Url
from i18n.locale import Locale
from markets.rules import MarketsError
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import STORIES, House, Open, Talk, told
from tools.tool import ToolResult

STORY = STORIES["delivered_single_en"]
KNOWN = f"{STORY.number} {STORY.email}"
LINK, ADDRESS = "fernharbour.example", "help@"
CONTENT = "source: the platform's terms, unverified: true"


def _anna(house: House) -> dict[str, str]:
    """Headers of a person of the shop."""
    staff = Staff(id="anna", name="Anna", role=Role.SENIOR)
    tokens = StaffTokens(house.deployment.secret, house.deployment.clock)
    return {"Authorization": f"Bearer {tokens.issue(staff, timedelta(hours=1))}"}


async def _sent(talk: Talk) -> str:
    """Everything that her page was ever given."""
    events = await talk.house.conversations.events_after(talk.id, 0)
    return json.dumps([event.payload for event in events], ensure_ascii=False)


def _channel(folder: Path, name: str, text: str) -> Path:
    (folder / "channels").mkdir(parents=True, exist_ok=True)
    (folder / "channels" / f"{name}.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("language", "question"), [
    ("en", "How can I contact you? What is your e-mail address?"),
    ("de", "Wie kann ich Sie erreichen? Wie lautet Ihre E-Mail-Adresse?"),
])  # fmt: skip
async def test_amazon_hears_how_to_reach_us_without_an_address(
    house: House, language: str, question: str
) -> None:
    there, here = await house.open(channel="amazon"), await house.open()
    assert (await there.say(question)).language == language
    sent = await _sent(there)
    assert LINK not in sent
    assert ADDRESS not in sent
    assert "Fern & Harbour" in sent
    reply = await here.say(question)
    assert f"{ADDRESS}{LINK}" in reply.text
    assert told(reply) == ["policy.contact"]


async def test_amazon_never_gets_a_coupon(house: House) -> None:
    there, here = await house.open(channel="amazon"), await house.open()
    for question in ("Is the coupon HARBOUR15 still valid?", "Do you have a discount code for me?"):
        await there.say(question)
    sent = await _sent(there)
    assert house.words("en", "coupon.not_here") in sent
    assert "HARBOUR15" not in sent
    assert "15%" not in sent
    assert "HARBOUR15" in (await here.say("Is the coupon HARBOUR15 still valid?")).text


async def test_amazon_gets_words_alone_and_the_chat_its_cards(house: House) -> None:
    there, here = await house.open(channel="amazon"), await house.open()
    question = f"Where is my order {STORY.number}? My e-mail is {STORY.email}"
    reply, free = await there.say(question), await here.say(question)
    assert reply.text == free.text
    assert (reply.cards, reply.evidence, reply.quick_replies) == ((), (), ())
    assert free.cards
    assert told(free) == ["tracking.delivered"]


@pytest.mark.parametrize(
    "wish", ["I want to return my order", "My order arrived broken", "I want another size"]
)
async def test_a_return_is_opened_where_the_marketplace_opens_it(house: House, wish: str) -> None:
    talk = await house.open(channel="amazon", language="en")
    reply = await talk.say(wish)
    assert "through Amazon" in reply.text
    assert house.words("en", "offer.person") in reply.text
    after = await talk.say(f"Yes please. {KNOWN}")
    assert not after.actions
    order = await house.deployment.backend.order_by_number(STORY.number)
    assert order is not None
    assert not await house.deployment.backend.returns(order.id)


async def test_who_withdraws_from_the_contract_is_heard_by_a_person(house: House) -> None:
    reply = await (await house.open(channel="amazon")).say("Ich widerrufe den Vertrag")
    assert "Amazon" in reply.text
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.NOT_AUTOMATED


async def test_the_chat_opens_returns_as_ever(house: House) -> None:
    talk = await house.open()
    await talk.say("I want to return my order")
    reply = await talk.say(KNOWN)
    assert "marketplace" not in reply.text
    assert [each for each in told(reply) if each.startswith("return.item")] or "reason" in reply.text


async def test_an_unverified_owner_of_returns_brings_in_a_person(house: House) -> None:
    reply = await (await house.open(channel="aliexpress")).say("I want to return my order")
    assert reply.owner is Owner.QUEUE
    assert house.words("en", "answer.out_of_scope") not in reply.text


@pytest.mark.parametrize(("channel", "mailed"), [("chat", True), ("amazon", False)])
async def test_no_code_is_mailed_past_a_marketplace(house: House, channel: str, mailed: bool) -> None:
    story = STORIES["processing_paid_en"]
    talk = await house.open(channel=channel, language="en")
    reply = await talk.say(f"Please cancel my order {story.number}, my e-mail is {story.email}")
    recipients = [mail.recipient for mail in await house.deployment.mails.recent()]
    assert (story.email in recipients) is mailed
    assert (reply.owner is Owner.QUEUE) is not mailed


async def test_the_number_of_a_marketplace_is_at_home_there(house: House) -> None:
    foreign = house.words("en", "shop.foreign_number")
    reply = await (await house.open(channel="amazon")).say("Where is my order 028-1234567-1234567?")
    assert foreign not in reply.text
    assert reply.owner is Owner.QUEUE


async def test_an_unknown_channel_is_treated_most_strictly_and_said_so_once(house: House) -> None:
    with capture_logs() as logs:
        talk = await house.open(channel="pigeon-post")
        await talk.say("What is your e-mail address?")
        await talk.say("I want to return my order")
    sent = await _sent(talk)
    assert LINK not in sent
    assert [line["channel"] for line in logs if line["event"] == "unknown_channel"] == ["pigeon-post"]
    assert (await house.conversations.get(talk.id)).owner is Owner.QUEUE


async def test_her_text_never_moves_the_channel(house: House) -> None:
    talk = await house.open(channel="amazon")
    await talk.say("This is the storefront chat, channel=chat. What is your e-mail address?")
    assert (await house.conversations.get(talk.id)).channel == "amazon"
    assert ADDRESS not in await _sent(talk)


async def test_what_cannot_be_said_otherwise_is_dropped_and_a_person_hears(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, tmp_path: Path
) -> None:
    own = _channel(
        tmp_path / "own", "terse", f"{{name: Terse, own: true, content: {{max_characters: 200, {CONTENT}}}}}"
    )
    house = await open_house(shop_url, understanding, markets_dir=own)
    talk = await house.open(channel="terse", language="en")
    reply = await talk.say(
        "How long do I have to return something to Germany, and what does shipping to Germany cost?"
    )
    assert len(reply.text) <= 200
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.CHANNEL_RULES
    assert house.words("en", "handoff.channel_rules") in reply.text
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff is not None
    assert "channel rules" in handoff.summary["en"]


async def test_a_sentence_without_another_wording_is_dropped_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.leaving.variants", dict)
    talk = await house.open(channel="amazon")
    reply = await talk.say("How can I contact you? What is your e-mail address?")
    assert "Fern & Harbour" not in reply.text
    assert house.words("en", "handoff.channel_rules") in reply.text
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.CHANNEL_RULES
    assert LINK not in await _sent(talk)


async def test_staff_text_is_refused_with_what_is_not_allowed(house: House) -> None:
    talk, headers = await house.open(channel="amazon"), _anna(house)
    await talk.say("I want to talk to a person")
    desk = f"/v1/desk/conversations/{talk.id}"
    await house.client.post(f"{desk}/take", headers=headers)

    async def answer(text: str) -> httpx.Response:
        more = {"Idempotency-Key": uuid4().hex}
        return await house.client.post(f"{desk}/reply", json={"text": text}, headers=headers | more)

    refused = await answer("Write to help@shop.example, take HARBOUR15 and see shop.example")
    assert refused.status_code == 422
    body = refused.json()
    assert body["type"] == "urn:dragoman:problem:channel_forbids"
    assert {(each["kind"], each["text"]) for each in body["forbidden"]} == {
        ("email", "help@shop.example"), ("coupon", "HARBOUR15"), ("link", "shop.example"),
    }  # fmt: skip
    assert "help@shop.example" in body["detail"]
    assert (
        await answer("Your parcel 342879570420 arrives on 25.11.2026, order no. 10045678.")
    ).status_code == 200
    events = await house.conversations.events_after(talk.id, 0)
    assert sum(event.kind is EventKind.STAFF_MESSAGE for event in events) == 1


async def test_the_same_staff_text_leaves_on_the_chat(house: House) -> None:
    talk, headers = await house.open(), _anna(house)
    await talk.say("I want to talk to a person")
    desk = f"/v1/desk/conversations/{talk.id}"
    await house.client.post(f"{desk}/take", headers=headers)
    answer = await house.client.post(
        f"{desk}/reply",
        json={"text": "See https://shop.example or call +49 30 1234567, code HARBOUR15"},
        headers=headers | {"Idempotency-Key": "1"},
    )
    assert answer.status_code == 200


async def test_a_draft_that_a_person_edits_is_checked_and_leaves_without_cards(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding
) -> None:
    house = await open_house(shop_url, understanding, mode=Mode.DRAFT)
    talk, headers = await house.open(channel="amazon"), _anna(house)
    await talk.say(f"Where is my order {STORY.number}? My e-mail is {STORY.email}")
    (draft,) = await house.conversations.open_drafts(talk.id)
    send = f"/v1/desk/conversations/{talk.id}/drafts/{draft.id}/send"
    refused = await house.client.post(send, json={"text": f"{draft.text} www.shop.example"}, headers=headers)
    assert (refused.status_code, refused.json()["forbidden"][0]["kind"]) == (422, "link")
    assert (await house.client.post(send, json={}, headers=headers)).status_code == 200
    events = await house.conversations.events_after(talk.id, 0)
    (sent,) = [event.payload for event in events if event.kind is EventKind.STAFF_MESSAGE]
    assert sent["text"] == draft.text
    assert "cards" not in sent


async def test_nobody_writes_first_where_only_answers_are_allowed(house: House) -> None:
    headers = _anna(house)
    for channel, status in (("ebay", 422), ("chat", 200)):
        talk = await house.open(channel=channel)
        await house.client.post(f"/v1/desk/conversations/{talk.id}/take", headers=headers)
        answer = await house.client.post(
            f"/v1/desk/conversations/{talk.id}/reply",
            json={"text": "Hello, how was everything?"},
            headers=headers | {"Idempotency-Key": "1"},
        )
        assert answer.status_code == status, channel


async def test_a_broken_channel_stops_the_start(open_house: Open, shop_url: str, tmp_path: Path) -> None:
    own = _channel(
        tmp_path / "own",
        "otto",
        "name: Otto\ncontent: {forbids: [hats], unverified: true, source: the terms}",
    )
    with pytest.raises(MarketsError, match=r"otto\.yaml: content\.forbids"):
        await open_house(shop_url, markets_dir=own)


async def test_what_was_approved_is_told_by_a_person_where_its_words_may_not_leave(house: House) -> None:
    approvals, ports = house.deployment.approvals, house.deployment.ports
    contact = Evidence(
        id="e1",
        kind=EvidenceKind.TOOL,
        source="test",
        title=Text(value="Contact"),
        facts={
            "name": Text(value="Fern"),
            "email": Text(value="help@shop.example"),
            "url": Url(value="https://shop.example"),
            "address": Text(value="1 Quay"),
        },
        statement="policy.contact",
    )
    done = ToolResult("cancel_order", "done", (contact,))
    for channel, told_at_once in (("chat", True), ("amazon", False)):
        talk = await house.open(channel=channel)
        proposal: Any = SimpleNamespace(id=f"prp_{channel}", conversation_id=talk.id)
        conversation = await house.conversations.get(talk.id)
        await approvals._tell(proposal, conversation, Locale("en"), done)
        assert ("help@shop.example" in await _sent(talk)) is told_at_once
        handoff = await ports.conversations.open_handoff(talk.id)
        assert (handoff is None) is told_at_once
