"""A photo, a claim, a danger: over HTTP, with real pictures, the real graph and the demo shop."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from agent.planners.slot_steps import CHOICES
from conversations.models import HandoffReason, Priority
from desk.staff import Role, Staff, StaffTokens
from facts.values import Term
from i18n.locale import Locale
from nlu.embedded import EmbeddedUnderstanding
from nlu.perception import EntityKind, Mood
from tests.integration.agent.conftest import STORIES, House, Open, Talk

KEEPS_EVERYTHING = "delivered_single_en"


def picture(
    colour: str = "red", size: tuple[int, int] = (40, 30), form: str = "JPEG", **extra: object
) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form, **extra)
    return out.getvalue()


async def upload(talk: Talk, data: bytes, kind: str = "image/jpeg") -> httpx.Response:
    return await talk.house.client.post(
        f"{talk.path}/attachments", content=data, headers=talk.headers | {"Content-Type": kind}
    )


async def photo(talk: Talk, colour: str = "red") -> str:
    answer = await upload(talk, picture(colour))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["attachment_id"])


async def send(talk: Talk, text: str | None, *photos: str) -> httpx.Response:
    body: dict[str, object] = {"attachments": list(photos)} | ({} if text is None else {"text": text})
    talk.count += 1
    key = {"Idempotency-Key": f"photo-{talk.count}"}
    return await talk.house.client.post(f"{talk.path}/messages", json=body, headers=talk.headers | key)


def staff(house: House, role: Role = Role.SENIOR) -> dict[str, str]:
    tokens = StaffTokens(house.deployment.secret, house.deployment.clock)
    token = tokens.issue(Staff(id="anna", name="Anna", role=role), timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


async def identified(house: House, handle: str = KEEPS_EVERYTHING) -> Talk:
    """Somebody whose order is known and confirmed, as a signed-in customer's is."""
    story = STORIES[handle]
    conversation, token = await house.conversations.create(
        market="GB", customer_id=story.customer_id, customer_email=story.email
    )
    return Talk(house, conversation.id, token)


@pytest.fixture
async def cheap(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding, tmp_path: Path
) -> House:
    """A shop that lets everything up to a large sum stay with the customer."""
    from commerce.demo import demo_policy_file

    text = demo_policy_file().read_text("utf-8")
    before, _, after = text.partition("  refund_without_return:\n")
    _, _, rest = after.partition("\nlimits:")
    limits = "".join(f"    - {{minor: 9000000, currency: {each}}}\n" for each in ("EUR", "GBP", "USD", "CHF"))
    file = tmp_path / "policy.yaml"
    file.write_text(f"{before}  refund_without_return:\n{limits}\nlimits:{rest}", "utf-8")
    return await open_house(shop_url, understanding, policy_file=file)


async def test_a_broken_cheap_thing_is_refunded_for_a_photo(cheap: House) -> None:
    story = STORIES[KEEPS_EVERYTHING]
    talk = await identified(cheap)
    asked = await talk.say(f"The item in my order {story.number} arrived broken, I want my money back")
    assert asked.text.endswith(cheap.words("en", "claim.ask_photo"))
    assert asked.quick_replies == (cheap.words("en", "claim.no_photo"),)
    shown = (await send(talk, None, await photo(talk))).json()
    assert [each["statement"] is not None for each in shown["evidence"]], shown
    assert shown["actions"][0]["state"] == "proposed"
    done = await talk.say("yes")
    assert done.actions[0].state == "executed"
    order = await cheap.deployment.backend.order_by_number(story.number)
    assert order
    assert len(await cheap.deployment.backend.refunds(order.id)) == 1
    (claim,) = await cheap.deployment.backend.claims(order.id)
    assert len(claim.photos) == 1


async def test_who_cannot_send_a_photo_gets_a_person(cheap: House) -> None:
    talk = await identified(cheap)
    first = await talk.say(f"My order {STORIES[KEEPS_EVERYTHING].number} arrived damaged, refund please")
    assert first.quick_replies == (cheap.words("en", "claim.no_photo"),), first.text
    answer = await talk.say(cheap.words("en", "claim.no_photo"))
    assert answer.handoff
    assert answer.handoff.reason is HandoffReason.NOT_AUTOMATED


async def test_a_photo_that_comes_first_is_asked_about_and_then_used(cheap: House) -> None:
    talk = await identified(cheap)
    first = (await send(talk, "", await photo(talk))).json()
    assert first["text"].endswith(cheap.words("en", "photo.what_about"))
    asked = await talk.say(f"It arrived broken, order {STORIES[KEEPS_EVERYTHING].number}, please refund me")
    assert asked.actions[-1].state == "proposed"


async def test_a_dear_thing_comes_back_free_of_charge(house: House) -> None:
    talk = await identified(house)
    reply = await talk.say(
        f"The item in order {STORIES[KEEPS_EVERYTHING].number} arrived broken, I want a refund"
    )
    assert "send" in reply.text
    assert [action.state for action in reply.actions] == ["proposed"]


async def test_a_photo_of_another_conversation_is_nothing_here(cheap: House) -> None:
    hers, mine = await identified(cheap), await cheap.open()
    theirs = await photo(hers)
    answer = await send(mine, "look", theirs)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:dragoman:problem:unknown_attachment")
    there = await cheap.client.get(f"{mine.path}/attachments/{theirs}", headers=mine.headers)
    assert there.status_code == 404
    assert not await mine.transcript()


async def test_somebody_elses_order_cannot_be_claimed(cheap: House) -> None:
    stranger = await identified(cheap, "delivered_recent_zh")
    reply = await stranger.say(f"My order {STORIES[KEEPS_EVERYTHING].number} arrived broken, refund!")
    assert reply.text.endswith(cheap.words("en", "order.ask_contact"))
    again = await stranger.say("The postcode is 00000")
    assert cheap.words("en", "order.not_matched") in again.text
    assert not reply.actions
    assert not again.actions


async def test_a_picture_is_for_its_conversation_and_for_staff_and_goes_with_it(cheap: House) -> None:
    talk = await identified(cheap)
    mine = f"{talk.path}/attachments/{await photo(talk)}"
    desk = mine.replace("/v1/", "/v1/desk/")
    answers = [
        await cheap.client.get(mine, headers=talk.headers),
        await cheap.client.get(desk, headers=staff(cheap, Role.AGENT)),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await cheap.client.get(mine)).status_code == 401
    assert (await cheap.client.get(desk, headers=talk.headers)).status_code == 401
    assert (await cheap.client.delete(talk.path, headers=talk.headers)).status_code == 204
    assert (await cheap.client.get(desk, headers=staff(cheap))).status_code == 404
    assert await cheap.conversations.attachments(talk.id) == ()


async def test_danger_is_answered_before_anything_is_asked(house: House) -> None:
    story = STORIES["delivered_single_en"]
    talk = await identified(house)
    reply = await talk.say(f"The thing from order {story.number} gave my daughter an electric shock!")
    # An assistant says once what it is; nothing else comes before the advice.
    before, advice, _ = reply.text.partition(house.words("en", "handoff.safety"))
    assert advice
    assert before.count(".") <= 1
    assert reply.handoff
    assert (reply.handoff.reason, reply.handoff.priority) == (HandoffReason.SAFETY, Priority.URGENT)
    order = await house.deployment.backend.order_by_number(story.number)
    assert order
    sku = order.lines[0].sku
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff
    assert sku in handoff.summary["en"]
    assert order.lines[0].title in handoff.summary["en"]
    assert sku not in reply.text
    (task,) = await house.conversations.tasks(talk.id)
    assert sku in task.summary["en"]
    approved = await house.client.post(f"/v1/desk/tasks/{task.id}/approve", headers=staff(house))
    assert approved.json()["outcome"] == "done"
    product = await house.deployment.backend.product(order.lines[0].product_id)
    assert product
    assert [each.held for each in product.variants if each.sku == sku] == [True]
    assert len(await talk.transcript()) == 2


async def test_danger_comes_through_to_people_who_were_asked_for_less(house: House) -> None:
    talk = await identified(house)
    await talk.say("I want to talk to a person")
    number = STORIES["delivered_single_en"].number
    reply = await talk.say(f"By the way, the battery from {number} exploded and burned my hand")
    assert house.words("en", "handoff.safety") in reply.text
    handoff = await house.conversations.open_handoff(talk.id)
    assert handoff
    assert (handoff.reason, handoff.priority) == (HandoffReason.SAFETY, Priority.URGENT)


async def test_nobody_is_shown_a_hold_that_a_stranger_caused(house: House) -> None:
    talk = await house.open()
    reply = await talk.say(f"Order {STORIES[KEEPS_EVERYTHING].number} exploded and hurt me")
    assert reply.handoff
    assert not await house.conversations.tasks(talk.id)


@pytest.mark.parametrize("language", ["en", "de", "zh-Hans", "es", "fr", "ja"])
async def test_what_is_offered_to_tap_is_understood_and_sounds_calm(house: House, language: str) -> None:
    renderer, locale = house.deployment.renderer, Locale(language)
    offered = {
        f"term.{slot}.{value}": value
        for slot, values in CHOICES.items()
        if slot != "return_reason"
        for value in values
    }
    for name, value in offered.items():
        text = renderer.fact(locale, Term(id=name))
        seen = await house.deployment.understanding.perceive(text, previous_language=language)
        assert seen.mood is not Mood.FURIOUS, text
        kind = EntityKind(name.split(".")[1])
        assert {entity.value for entity in seen.all(kind)} == {str(value)}, text
    words = house.words(language, "claim.no_photo")
    seen = await house.deployment.understanding.perceive(words, previous_language=language)
    assert seen.mood is not Mood.FURIOUS
    assert seen.first(EntityKind.PHOTO)
