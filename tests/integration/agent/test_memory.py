"""A customer who comes again does not repeat herself, and nobody else learns what she said."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from pydantic import SecretStr

from conversations.models import Owner, Priority
from conversations.tables import grants
from desk.staff import Role, Staff, StaffTokens
from facts.clock import SystemClock
from i18n.locale import Locale
from nlu.embedded import EmbeddedUnderstanding
from tests.integration.agent.conftest import House, Open, Talk, told
from tests.integration.agent.remembering import (
    OTHER_ORDER,
    SECRET,
    STORY,
    STRANGER,
    THEIRS,
    bearer,
    open_shop,
    token,
    waited,
)

ME = "/v1/customers/me"


@pytest.fixture
async def shop(open_house: Open, shop_url: str) -> House:
    return await open_shop(open_house, shop_url)


async def signed_in(shop: House, **more: object) -> Talk:
    return await shop.open(customer_token=token(), **more)


async def waiting(shop: House, **more: object) -> Talk:
    """An earlier conversation of hers that waits for a person."""
    talk = await signed_in(shop, **more)
    await talk.say("I want a person")
    return talk


def code_in(text: str) -> str:
    """The one-time code of a mail."""
    return next(word.strip(".:,") for word in text.split() if word.strip(".:,").isdigit())


async def asked_before(shop: House) -> None:
    """An earlier conversation in which she asked where an order is."""
    talk = await signed_in(shop, language="en")
    await talk.say(f"Where is {STORY.number}?")
    await shop.idle()


async def test_order_she_asked_about_last_is_offered_first_without_asking_who_she_is(shop: House) -> None:
    await asked_before(shop)
    again = await signed_in(shop)
    asked = await again.say("Where is my parcel?")
    assert STORY.number in asked.text
    assert asked.quick_replies == (shop.words("en", "memory.yes"), shop.words("en", "memory.no"))
    answer = await again.say("Yes, please")
    assert "tracking.in_transit" in told(answer)


async def test_a_no_leads_to_the_choice_among_her_orders(shop: House) -> None:
    await asked_before(shop)
    again = await signed_in(shop)
    await again.say("Where is my parcel?")
    asked = await again.say("No, another one")
    assert OTHER_ORDER.number in asked.quick_replies
    answer = await again.say(OTHER_ORDER.number)
    assert any(OTHER_ORDER.number in sentence.rendered.values() for sentence in answer.evidence)


async def test_a_number_is_taken_instead_of_a_yes(shop: House) -> None:
    await asked_before(shop)
    again = await signed_in(shop)
    await again.say("Where is my parcel?")
    answer = await again.say(f"where is {OTHER_ORDER.number}")
    assert any(OTHER_ORDER.number in sentence.rendered.values() for sentence in answer.evidence)


async def test_new_conversation_begins_in_the_language_of_the_last_one(shop: House) -> None:
    first = await signed_in(shop, language="de")
    assert (await first.say("Hm")).language == "de"
    profile = await shop.deployment.ports.records.profiles.get(STORY.customer_id)
    assert profile is None or profile.language is None, "an unsure language is not remembered"
    await shop.deployment.ports.records.profiles.remember(first.id, STORY.customer_id, language="fr")
    assert (await (await signed_in(shop)).say("Hm")).language == "fr"
    assert (await (await signed_in(shop, language="ja")).say("Hm")).language == "ja"
    assert (await (await shop.open()).say("Hm")).language == "en", "nobody is known here"


async def test_same_question_from_another_channel_is_told_that_it_waits_and_since_when(shop: House) -> None:
    earlier = await waiting(shop, language="en", channel="email")
    now = await signed_in(shop, channel="chat")
    answer = await now.say("I already wrote to you")
    assert told(answer) == ["history.waiting"]
    assert (answer.owner, answer.handoff) == (Owner.ASSISTANT, None), "the earlier one is not duplicated"
    assert (await shop.conversations.get(earlier.id)).owner is Owner.QUEUE


@pytest.mark.parametrize(("hours", "priority"), [(30, Priority.HIGH), (80, Priority.URGENT)])
async def test_who_has_waited_long_is_moved_up_once(shop: House, hours: int, priority: Priority) -> None:
    earlier = await waiting(shop, language="en", channel="email")
    await waited(shop, earlier.id, hours)
    now = await signed_in(shop)
    assert told(await now.say("I already wrote to you")) == ["history.raised"]
    assert told(await now.say("I already wrote to you, really")) == ["history.waiting"]
    handoff = await shop.conversations.open_handoff(earlier.id)
    assert handoff is not None
    assert handoff.priority is priority


async def test_conversation_that_a_person_answers_is_told_as_such(shop: House) -> None:
    earlier = await waiting(shop, language="en")
    staff = Staff(id="anna", name="Anna", role=Role.AGENT)
    await shop.conversations.take(earlier.id, staff.member)
    answer = await (await signed_in(shop)).say("I already wrote to you")
    assert told(answer) == ["history.with_person"]


async def test_answered_conversation_is_found_and_its_order_offered(shop: House) -> None:
    await asked_before(shop)
    again = await signed_in(shop)
    answer = await again.say("I already wrote to you")
    assert told(answer)[0] == "history.answered"
    assert STORY.number in answer.text
    assert "tracking.in_transit" in told(await again.say("Yes, that one"))


async def test_who_never_wrote_is_told_so_and_asked_which_order(shop: House) -> None:
    answer = await (await signed_in(shop, language="en")).say("I already wrote to you")
    assert told(answer)[0] == "history.none"
    assert OTHER_ORDER.number in answer.quick_replies


async def test_staff_see_that_two_conversations_are_of_one_customer(shop: House) -> None:
    earlier, later = await waiting(shop, channel="email"), await waiting(shop, channel="chat")
    await (await shop.open()).say("I want a person")
    issued = StaffTokens(shop.deployment.secret, SystemClock()).issue(
        Staff(id="anna", name="Anna", role=Role.AGENT), timedelta(hours=1)
    )
    lines = (await shop.client.get("/v1/desk/conversations", headers=bearer(issued))).json()
    related = {line["conversation_id"]: line["related"] for line in lines}
    assert [each["conversation_id"] for each in related.pop(later.id)] == [earlier.id]
    assert [each["channel"] for each in related.pop(earlier.id)] == ["chat"]
    assert list(related.values()) == [[]]
    view = await shop.client.get(f"/v1/desk/conversations/{later.id}", headers=bearer(issued))
    assert [each["conversation_id"] for each in view.json()["related"]] == [earlier.id]


async def test_unproven_person_is_asked_as_usual_and_learns_nothing(shop: House) -> None:
    """Number and address open the order; whether she has written before is told after the code alone."""
    await waiting(shop, language="en")
    answers = []
    for story in (STORY, STRANGER):
        talk = await shop.open(language="en")
        asked = await talk.say("I already wrote to you")
        assert asked.text.endswith(shop.words("en", "order.ask"))
        sent = await talk.say(f"{story.number}, {story.email}")
        answers.append((told(sent), sent.owner, len(sent.text.split())))
    assert answers[0] == answers[1] == (["identity.code_sent"], Owner.ASSISTANT, answers[0][2])


async def test_code_to_her_own_address_opens_her_history(shop: House) -> None:
    await waiting(shop, language="en")
    talk = await shop.open(language="en")
    await talk.say("I already wrote to you")
    await talk.say(f"{STORY.number}, {STORY.email}")
    mail = (await shop.deployment.mails.recent())[0]
    assert "history.waiting" in told(await talk.say(code_in(mail.text)))


async def test_number_and_address_open_no_account(shop: House) -> None:
    await waiting(shop, language="en")
    talk = await shop.open(language="en")
    await talk.say(f"Where is {STORY.number}? {STORY.email}")
    for path in (ME, f"{ME}/export"):
        answer = await shop.client.get(path, headers=talk.headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:dragoman:problem:customer_unproven")
    assert (await shop.client.delete(ME, headers=talk.headers)).status_code == 403


async def test_account_shows_conversations_profile_open_matters_and_why(shop: House) -> None:
    earlier = await waiting(shop, language="en", channel="email")
    talk = await signed_in(shop)
    await talk.say(f"Where is {STORY.number}?")
    await shop.idle()
    by_token = await shop.client.get(ME, headers=bearer(token()) | {"Accept-Language": "de"})
    by_talk = await shop.client.get(ME, headers=talk.headers)
    account = by_token.json()
    assert account["profile"]["last_order"] == STORY.number
    assert {each["conversation_id"]: each["state"] for each in account["conversations"]} == {
        earlier.id: "queue",
        talk.id: "assistant",
    }
    assert "handoff" in {matter["kind"] for matter in account["open_matters"]}
    said = shop.deployment.renderer.message(Locale("de"), "kept.orders", {})
    assert said in {kept["why"] for kept in account["kept"]}
    assert by_talk.json()["conversations"] == account["conversations"]
    stranger = token(STRANGER.customer_id, STRANGER.email)
    others = (await shop.client.get(ME, headers=bearer(stranger))).json()
    assert others["conversations"] == []
    assert others["profile"] is None


async def test_export_holds_her_words_and_no_code_of_another_order(shop: House) -> None:
    """Signed in as herself she may ask for a code to somebody else's order; she must not read it here."""
    talk = await signed_in(shop, language="en")
    await talk.say(f"Please cancel {THEIRS.number}, {THEIRS.email}")
    mail = (await shop.deployment.mails.recent())[0]
    assert mail.recipient == THEIRS.email
    document = (await shop.client.get(f"{ME}/export", headers=bearer(token()))).json()
    (exported,) = document["conversations"]
    assert exported["messages"][0]["text"].startswith("Please cancel")
    assert [sorted(each) for each in exported["mails"]] == [["created_at", "language"]]
    assert code_in(mail.text) not in str(document)


async def test_size_is_remembered_only_where_she_names_one(shop: House) -> None:
    talk = await signed_in(shop, language="en")
    await talk.say("which size do I need, I wear size M")
    records = shop.deployment.ports.records
    await shop.idle()
    profile = await records.profiles.get(STORY.customer_id)
    assert profile is not None
    assert dict(profile.sizes) == {"letters": "M"}
    await talk.say("which size, size S or size L?")
    await shop.idle()
    again = await records.profiles.get(STORY.customer_id)
    assert again is not None
    assert dict(again.sizes) == {"letters": "M"}


async def test_signed_in_customer_hears_how_to_see_and_delete_her_data(shop: House) -> None:
    words = shop.words("en", "privacy.signed_in")
    assert words in (await (await signed_in(shop, language="en")).say("my personal data")).text
    assert words not in (await (await shop.open(language="en")).say("my personal data")).text


ALREADY_WROTE = {
    "en": "I already wrote to you three days ago and nobody answers",
    "de": "Ich habe Ihnen schon vor drei Tagen geschrieben und niemand antwortet",
    "fr": "Je vous ai déjà écrit il y a trois jours et personne ne répond",
    "es": "Ya les escribí hace tres días y nadie contesta",
    "ja": "三日前にメールしましたが返事がありません",
    "zh-Hans": "我三天前已经发过邮件了，没人回复",
}


async def test_understood_and_answered_in_six_languages(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding
) -> None:
    shop = await open_house(shop_url, understanding, customer_token_secret=SecretStr(SECRET))
    await waiting(shop, language="en", channel="email")
    for language, words in ALREADY_WROTE.items():
        answer = await (await signed_in(shop)).say(words)
        assert (told(answer), answer.language, answer.handoff) == (["history.waiting"], language, None)


async def test_offered_order_is_taken_and_refused_in_six_languages(
    open_house: Open, shop_url: str, understanding: EmbeddedUnderstanding
) -> None:
    shop = await open_house(shop_url, understanding, customer_token_secret=SecretStr(SECRET))
    await asked_before(shop)
    where = {
        "en": "Where is my parcel?", "de": "Wo ist mein Paket?", "fr": "Où est mon colis ?",
        "es": "¿Dónde está mi paquete?", "ja": "荷物はどこですか？", "zh-Hans": "我的包裹在哪里？",
    }  # fmt: skip
    for language, words in where.items():
        yes, no = shop.words(language, "memory.yes"), shop.words(language, "memory.no")
        talk = await signed_in(shop, language=language)
        assert (await talk.say(words)).quick_replies == (yes, no)
        assert "tracking.in_transit" in told(await talk.say(yes)), language
        other = await signed_in(shop, language=language)
        await other.say(words)
        assert OTHER_ORDER.number in (await other.say(no)).quick_replies, language
        await shop.idle()


async def test_account_opens_to_no_forged_or_missing_token(shop: House) -> None:
    await waiting(shop)
    forged = jwt.encode(
        {"sub": STORY.customer_id, "exp": 4_000_000_000},
        "another secret of more than thirty-two bytes",
        "HS256",
    )
    bad: tuple[dict[str, str], ...] = (
        {},
        bearer("nonsense"),
        bearer("a.b.c"),
        bearer(forged),
        bearer(token() + "x"),
    )
    for headers in bad:
        for method, path in (("GET", ME), ("GET", f"{ME}/export"), ("DELETE", ME)):
            assert (await shop.client.request(method, path, headers=headers)).status_code == 401
    assert len((await shop.client.get(ME, headers=bearer(token()))).json()["conversations"]) == 1


async def test_code_opens_the_account_for_as_long_as_it_holds(shop: House) -> None:
    talk = await shop.open(language="en")
    await talk.say("I already wrote to you")
    await talk.say(f"{STORY.number}, {STORY.email}")
    assert (await shop.client.get(ME, headers=talk.headers)).status_code == 403
    await talk.say(code_in((await shop.deployment.mails.recent())[0].text))
    account = await shop.client.get(ME, headers=talk.headers)
    assert [each["conversation_id"] for each in account.json()["conversations"]] == [talk.id]
    async with shop.deployment.database.write() as connection:
        lapsed = grants.update().values(expires_at=SystemClock().now() - timedelta(seconds=1))
        await connection.execute(lapsed)
    assert (await shop.client.get(ME, headers=talk.headers)).status_code == 403
