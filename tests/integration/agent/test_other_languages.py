"""Languages without a catalogue: English, one line in hers, and a person; and no language is taken for one."""

from __future__ import annotations

import pytest

from conversations.models import HandoffReason, Owner
from i18n.languages import BUILT_IN, load_languages
from i18n.names import language_name
from i18n.other_languages import apology, lines
from nlu.bench import held_out
from nlu.language import LanguageReader
from nlu.lexicon import load_lexicons, shipped_languages
from tests.integration.agent.conftest import STORIES, House

MOVING = STORIES["in_transit_en"]
ASKED = {
    "sv": "Hej! Var är min beställning {number}? Min e-post är {email}",
    "cs": "Dobrý den, kde je moje objednávka {number}? Můj e-mail je {email}",
    "el": "Καλησπέρα, πού είναι η παραγγελία μου {number}; {email}",
    "uk": "Добрий день, де моє замовлення {number}? Моя пошта {email}",
    "he": "שלום, איפה ההזמנה שלי {number}? {email}",
}


@pytest.mark.parametrize("language", ASKED)
async def test_she_hears_it_in_her_language_and_a_person_is_called(house: House, language: str) -> None:
    talk = await house.open()
    reply = await talk.say(ASKED[language].format(number=MOVING.number, email=MOVING.email))
    line = apology(language, "en")
    assert line is not None
    assert line in reply.text
    assert language_name("en", language) in line
    assert (reply.language, reply.owner) == ("en", Owner.QUEUE)
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.LANGUAGE


async def test_the_line_is_told_once(house: House) -> None:
    talk = await house.open()
    await talk.say("Var är min beställning? Jag väntar fortfarande på den")
    reply = await talk.say("Kan jag returnera skorna om de inte passar?")
    line = apology("sv", "en")
    assert line is not None
    assert line not in reply.text


async def test_a_language_without_a_line_is_told_in_the_replys_own(house: House) -> None:
    talk = await house.open()
    reply = await talk.say("ನನ್ನ ಆರ್ಡರ್ ಎಲ್ಲಿದೆ ಎಂದು ತಿಳಿಸಿ")
    assert apology("kn", "en") is None
    assert house.words("en", "handoff.language") in reply.text


def test_no_customer_of_a_spoken_language_is_taken_for_another() -> None:
    reader = LanguageReader(load_lexicons((shipped_languages(),)), "en")
    texts = [text for labels in held_out().values() for phrases in labels.values() for text in phrases[::5]]
    taken = [text for text in texts if reader.read(text, None).foreign]
    assert len(texts) > 1000
    assert len(taken) / len(texts) < 0.001, taken


def test_lines_are_kept_for_languages_that_have_no_pack() -> None:
    spoken = {code.partition("-")[0] for code in load_languages([BUILT_IN])}
    assert not spoken & set(lines())
    assert all("{language}" in line for line in lines().values())


async def test_words_that_languages_share_are_read_in_that_of_the_orders_country(house: House) -> None:
    talk = await house.open()
    story = STORIES["processing_paid_es"]
    reply = await talk.say(f"cancelar pedido {story.number} {story.email}")
    assert reply.language == "es"
