"""The port on the real models: one encoding a turn, segments, mood and signals, and nothing that makes it raise."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from nlu.embedded import EmbeddedUnderstanding
from nlu.encoder import EmbeddedEncoder
from nlu.lexicon import shipped_languages
from nlu.perception import OUT_OF_SCOPE, Answer, EntityKind, Mood, Signal, TextVectors


class CountingEncoder(EmbeddedEncoder):
    """The real encoder that keeps count of its calls."""

    calls = 0

    def submit_queries(self, texts: Sequence[str]) -> Future[list[TextVectors]]:
        self.calls += 1
        return super().submit_queries(texts)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Hello! where is my order", ["where_is_order"]),
        ("I want to return the blue shoes. They are too small. Order MF-10428.", ["return_item"]),
        ("Where is my order?\nI need the invoice too", ["where_is_order", "invoice"]),
        (
            "Ich möchte die Jacke zurückgeben, außerdem wo bleibt meine andere Bestellung?",
            ["return_item", "where_is_order"],
        ),
        ("我要退货，另外关税怎么算？", ["return_item", "duties_policy"]),
        ("where's my order? and what's the weather in Paris?", ["where_is_order", OUT_OF_SCOPE]),
        ("Cancel it. Please cancel my order!", ["cancel_order"]),
        ("How do returns work?", ["return_policy"]),
        ("Wie lange dauert der Versand nach Norwegen?", ["delivery_estimate"]),
        ("我想和真人说话", ["talk_to_human"]),
        ("😀", [OUT_OF_SCOPE]),
        ("", [OUT_OF_SCOPE]),
    ],
)
async def test_requests_of_a_message(
    understanding: EmbeddedUnderstanding, text: str, intents: list[str]
) -> None:
    perception = await understanding.perceive(text, previous_language=None)
    assert [segment.intent for segment in perception.segments] == intents


async def test_details_belong_to_the_request_beside_them(understanding: EmbeddedUnderstanding) -> None:
    text = "Where is my parcel? Order MF-10428, 10115. Also, how much is return shipping?"
    perception = await understanding.perceive(text, previous_language=None)
    first, second = perception.segments
    assert [e.value for e in first.entities] == ["MF-10428", "10115"]
    assert second.intent == "return_policy"
    assert text[second.start :].startswith(second.text)


async def test_one_encoding_a_turn() -> None:
    encoder = CountingEncoder()
    understanding = EmbeddedUnderstanding((shipped_languages(),), encoder=encoder)
    perception = await understanding.perceive("Where is it? And how do returns work?", previous_language=None)
    assert encoder.calls == 1
    assert perception.vectors is not None
    assert perception.vectors.e5.shape == (384,)
    assert perception.vectors.use.shape == (512,)
    understanding.close()


async def test_a_yes_keeps_the_language_and_is_an_answer(understanding: EmbeddedUnderstanding) -> None:
    perception = await understanding.perceive("ok", previous_language="de")
    assert (perception.language, perception.language_sure, perception.answer) == ("de", False, Answer.YES)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("You are scammers, give me my money back NOW!!!", Mood.FURIOUS),
        ("Ihr Betrüger, ich will sofort mein Geld zurück!", Mood.FURIOUS),
        ("你们就是骗子！马上退钱！", Mood.FURIOUS),
        ("I'm quite disappointed, it took far too long", Mood.UNHAPPY),
        ("Where is my order MF-10428?", Mood.CALM),
        ("WHERE IS MY ORDER", Mood.CALM),
        ("Vielen Dank, alles gut!!!", Mood.CALM),
    ],
)
async def test_mood(understanding: EmbeddedUnderstanding, text: str, mood: Mood) -> None:
    assert (await understanding.perceive(text, previous_language=None)).mood is mood


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("My lawyer will contact you", Signal.LEGAL),
        ("Ich gehe damit zur Verbraucherzentrale", Signal.LEGAL),
        ("我要打12315", Signal.LEGAL),
        ("The charger caught fire", Signal.SAFETY),
        ("der Akku ist explodiert", Signal.SAFETY),
        ("充电器冒烟了", Signal.SAFETY),
        ("I know where you live", Signal.THREAT),
        ("I don't want to live any more", Signal.VULNERABLE),
        ("我不想活了", Signal.VULNERABLE),
    ],
)
async def test_signals(understanding: EmbeddedUnderstanding, text: str, signal: Signal) -> None:
    assert signal in (await understanding.perceive(text, previous_language=None)).signals


@pytest.mark.parametrize(
    "text", ["Where is my order?", "How long is the warranty?", "Wo ist mein Paket?", "退货政策是什么"]
)
async def test_ordinary_questions_raise_no_signal(understanding: EmbeddedUnderstanding, text: str) -> None:
    perception = await understanding.perceive(text, previous_language=None)
    assert perception.signals == frozenset()
    assert perception.injection < 0.5


STRANGE = {
    "blank": " \n\t ", "nul": "\x00hello\x00", "controls": "\x01\x02\x1b[31m",
    "surrogate": "\ud800 where is my order \udfff",
    "bidi": "\u202eredro\u202c", "emoji": "👩‍👩‍👧‍👦" * 20, "combining": "e" + "\u0301" * 5000,
    "megabyte": "where is my order? " * 55_000,
    "digits": "1" * 100_000, "lines": "\n" * 10_000, "ats": "a@b." * 20_000, "han": "我的订单" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_strange_text_never_raises_and_never_costs_seconds(
    understanding: EmbeddedUnderstanding, text: str
) -> None:
    await understanding.warm_up()
    started = time.process_time()
    perception = await understanding.perceive(text, previous_language="en")
    understanding.entities(text, "en")
    assert time.process_time() - started < 5
    assert perception.text == text
    assert perception.segments


async def test_a_new_language_needs_data_files_only(tmp_path: Path) -> None:
    pack = tmp_path / "sv"
    pack.mkdir()
    (pack / "language.yaml").write_text("name: svenska\ndetect: [sv]\n", "utf-8")
    (pack / "lexicon.yaml").write_text(
        "answers:\n  yes: [ja]\n  no: [nej]\nnear:\n  order: [beställning]\ncolours:\n  blue: ['blå(a|tt)?']\n",
        "utf-8",
    )
    understanding = EmbeddedUnderstanding((shipped_languages(), tmp_path))
    perception = await understanding.perceive(
        "var är mitt paket? beställning 10428, den blåa", previous_language=None
    )
    assert (perception.language, perception.language_sure) == ("sv", True)
    assert perception.segments[0].intent == "where_is_order"
    assert [(e.kind, e.value) for e in perception.entities] == [
        (EntityKind.ORDER_NUMBER, "10428"), (EntityKind.COLOUR, "blue"),
    ]  # fmt: skip
    assert (await understanding.perceive("nej", previous_language="sv")).answer is Answer.NO
    understanding.close()


async def test_a_language_without_a_lexicon_is_weaker_and_works(tmp_path: Path) -> None:
    (tmp_path / "sv").mkdir()
    (tmp_path / "sv" / "language.yaml").write_text("detect: [sv]\n", "utf-8")
    understanding = EmbeddedUnderstanding((shipped_languages(), tmp_path))
    assert (
        await understanding.perceive("jag vill returnera skorna", previous_language=None)
    ).language == "sv"
    understanding.close()


async def test_acts_on_two_orders_are_two_requests(understanding: EmbeddedUnderstanding) -> None:
    text = "Please cancel MF-10428. And where is the refund for MF-20331?"
    perception = await understanding.perceive(text, previous_language=None)
    assert [segment.intent for segment in perception.segments] == ["cancel_order", "refund_status"]


async def test_what_is_told_before_a_question_explains_it(understanding: EmbeddedUnderstanding) -> None:
    text = "Only one of two parcels of MF-10428 came. Where is the other one?"
    perception = await understanding.perceive(text, previous_language=None)
    assert [segment.intent for segment in perception.segments] == ["where_is_order"]
