"""Strange input has a defined answer, in the customer's language where there are words, and loses nothing."""

from __future__ import annotations

import pytest

from conversations.models import Author, Owner
from tests.integration.agent.conftest import ANNA, STORIES, House, told

LANGUAGES = ("en", "de", "zh-Hans")
QUESTIONS = {
    "en": "Where is my order {number}? My e-mail is {email}",
    "de": "Wo ist meine Bestellung {number}? Meine E-Mail ist {email}",
    "zh-Hans": "我的订单{number}在哪里?邮箱是{email}",
}


def question(language: str, handle: str = "in_transit_en") -> str:
    story = STORIES[handle]
    return QUESTIONS[language].format(number=story.number, email=story.email)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_message_without_words_is_refused_in_her_language(quick_house: House, language: str) -> None:
    talk = await quick_house.open(language=language)
    for text in ("", "   \n\t ", "\x00", "\x01\x02\x1b", "\ud800", "\u200b\u200d"):
        answer = await talk.post(text)
        assert answer.status_code == 422, ascii(text)
        problem = answer.json()
        assert problem["type"].endswith(":empty_text")
        assert problem["detail"] == quick_house.words(language, "problem.empty_text")
    assert await talk.transcript() == ()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_megabyte_is_refused_before_it_is_read(quick_house: House, language: str) -> None:
    talk = await quick_house.open(language=language)
    answer = await talk.post("x" * 1_000_000, **{"Accept-Language": language})
    assert answer.status_code == 413
    assert answer.json()["detail"] == quick_house.words(language, "problem.body_too_large")
    assert await talk.transcript() == ()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_text_beyond_the_limit_is_refused_in_her_language(quick_house: House, language: str) -> None:
    talk = await quick_house.open(language=language)
    answer = await talk.post("x" * 8_001)
    assert answer.status_code == 413
    assert answer.json()["detail"] == quick_house.words(language, "problem.text_too_long")
    assert await talk.transcript() == ()


async def test_longest_message_is_answered(house: House) -> None:
    talk = await house.open(language="en")
    text = f"{question('en')} {'and thank you very much ' * 400}"[:8_000].strip()
    reply = await talk.say(text)
    assert told(reply)[0].startswith("tracking.")
    assert (await talk.transcript())[0].text == text


@pytest.mark.parametrize(
    "body",
    [
        bytes(range(256)),
        b"\xff\xfe\x00\x00",
        b'{"text": "' + b"\xc3\x28" + b'"}',
        b"[1, 2]",
        b"null",
        b"{" * 30_000,
        b'{"text":',
    ],
)
async def test_binary_and_broken_bodies_are_refused(quick_house: House, body: bytes) -> None:
    talk = await quick_house.open(language="de")
    answer = await quick_house.client.post(
        f"{talk.path}/messages", content=body, headers=talk.headers | {"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(":invalid_json")
    assert answer.json()["detail"] == quick_house.words("de", "problem.invalid_json")
    assert await talk.transcript() == ()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_no_keyboard_types_does_not_stop_the_answer(house: House, language: str) -> None:
    for strange in ("\x00", "\x1b[31m", "\ud83d", "\udc00\ud800", "\x7f\x85", "\u202e", "\r\n\r\n"):
        talk = await house.open(language=language)
        reply = await talk.say(f"{strange}{question(language)}{strange}")
        assert (told(reply)[0].partition(".")[0], reply.language) == ("tracking", language), ascii(strange)
        kept = (await talk.transcript())[0].text
        assert not {"\x00", "\x1b", "\x7f", "\ud83d"} & set(kept)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_message_without_language_is_answered_in_the_conversations_own(
    house: House, language: str
) -> None:
    for text in ("🙂", "👍🏽👍🏽", "😡😡😡", "❓", "🧣📦❔", "1234567", "...", "?!"):
        reply = await (await house.open(language=language)).say(text)
        assert (bool(reply.text), reply.language, reply.actions) == (True, language, ()), text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_unknown_language_is_answered_in_the_conversations_own(house: House, language: str) -> None:
    finnish = "Missä tilaukseni viipyy, onko se jo lähetetty?"
    for text in (finnish, "என் ஆர்டர் எங்கே இருக்கிறது?", "ⵎⴰⵏⵉ ⵜⵍⵍⴰ", "🜁🜂 ᚠᚢ"):
        reply = await (await house.open(language=language)).say(text)
        assert (bool(reply.text), reply.language, reply.actions) == (True, language, ()), text


async def test_unknown_language_is_answered_in_english_where_nothing_is_known(house: House) -> None:
    talk = await house.open()
    reply = await talk.say("என் ஆர்டர் எங்கே இருக்கிறது?")
    assert (bool(reply.text), reply.language) == (True, "en")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_wrong_token_and_unknown_conversation_look_the_same(quick_house: House, language: str) -> None:
    mine, other = await quick_house.open(), await quick_house.open()
    body, key = {"text": "hello"}, {"Idempotency-Key": "k", "Accept-Language": language}
    answers = [
        await quick_house.client.post(path, json=body, headers=key | {"Authorization": f"Bearer {token}"})
        for path, token in (
            (f"{mine.path}/messages", other.token),
            (f"{mine.path}/messages", "forged"),
            (f"/v1/conversations/cnv_{'a' * 24}/messages", mine.token),
            ("/v1/conversations/nonsense/messages", mine.token),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["detail"] == quick_house.words(language, "problem.unknown_conversation")
    assert await mine.transcript() == ()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_replayed_key_with_another_body_is_refused_and_the_first_stands(
    quick_house: House, language: str
) -> None:
    talk = await quick_house.open(language=language)
    first = await talk.post("where is my order", "k1")
    other = await talk.post("cancel everything", "k1")
    again = await talk.post("where is my order", "k1")
    assert (first.status_code, other.status_code, again.status_code) == (200, 409, 200)
    assert again.json() == first.json()
    assert other.json()["detail"] == quick_house.words(
        (await quick_house.conversations.get(talk.id)).language or "", "problem.key_reused"
    )
    assert [m.text for m in await talk.transcript() if m.author is Author.CUSTOMER] == ["where is my order"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_message_to_a_person_is_kept_for_her_and_the_machine_is_silent(
    house: House, language: str
) -> None:
    talk = await house.open(language=language)
    await house.conversations.take(talk.id, ANNA)
    reply = await talk.say(question(language))
    assert (reply.text, reply.owner, reply.evidence, reply.cards) == ("", Owner.HUMAN, (), ())
    (kept,) = await talk.transcript()
    assert (kept.author, kept.text) == (Author.CUSTOMER, question(language))
    assert await house.conversations.unclosed() == []
