"""Which flow a wish leads to: a topic narrows it, a named order makes it about that order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agent.flows import built_in_flows
from agent.planners.flows import _FlowsTurn
from agent.planners.planner import Clarify, Frame, Memory, Phrase
from agent.planners.wishes import Wishes
from nlu.masking import MASK
from nlu.perception import AddressTold, Answer, Entity, EntityKind, IntentScore, Mood, Perception, Segment

ORDER = (EntityKind.ORDER_NUMBER, "MF-10428")
COUPON = (EntityKind.COUPON_CODE, "HELLO9")
AUSTRIA = (EntityKind.COUNTRY, "AT")


def topic(name: str) -> tuple[EntityKind, str]:
    return EntityKind.POLICY_TOPIC, name


@pytest.mark.parametrize(("intent", "mentions", "flow"), [
    ("return_policy", [], "return_policy"),
    ("return_policy", [topic("return_window"), topic("refund_time")], "refund_time"),
    ("return_policy", [ORDER], "return_item"), ("return_policy", [ORDER, topic("return_window")], "return_policy"),
    ("return_policy", [ORDER, topic("return_cost")], "return_cost"),
    ("delivery_estimate", [], "delivery_estimate"), ("delivery_estimate", [ORDER], "where_is_order"),
    ("delivery_estimate", [topic("refund_time")], "refund_time"),
    ("delivery_estimate", [topic("shipping_countries")], "shipping_countries"),
    ("delivery_estimate", [topic("shipping_countries"), AUSTRIA], "delivery_estimate"),
    ("shipping_policy", [ORDER, topic("shipping_cost")], "shipping_policy"),
    ("refund_status", [topic("refund_time")], "refund_time_in_general"),
    ("refund_status", [ORDER, topic("refund_time")], "refund_status"),
    ("invoice", [ORDER], "invoice"), ("invoice", [ORDER, topic("invoice_details")], "invoice_details"),
    ("invoice", [topic("invoice_details")], "invoice_details"),
    ("product_search", [topic("care")], "care"), ("product_question", [topic("care")], "care"),
    ("return_item", [topic("care")], "return_item"),
    ("payment_policy", [topic("cash_on_delivery"), AUSTRIA], "cash_on_delivery"),
    ("shipping_policy", [topic("cash_on_delivery")], "cash_on_delivery"),
    ("where_is_order", [ORDER, topic("money_back")], "refund_status"),
    ("refund_status", [ORDER, topic("chargeback")], "chargeback"),
    ("shipping_policy", [COUPON, AUSTRIA], "coupon"),
    ("shipping_policy", [(EntityKind.COUPON_CODE, "SW1A")], "shipping_policy"),
    ("out_of_scope", [topic("cash_on_delivery"), AUSTRIA], "cash_on_delivery"),
    ("where_is_order", [ORDER, topic("arrived")], "has_it_arrived"),
    ("not_received", [ORDER, topic("arrived")], "has_it_arrived"),
    ("refund_status", [topic("cash_on_delivery"), AUSTRIA], "cash_on_delivery"),
    ("out_of_scope", [topic("refund_time")], "refund_time"),
    ("out_of_scope", [topic("shipping_cost")], "shipping_policy"),
    ("exchange_item", [ORDER, topic("present")], "gift_recipient"),
    ("out_of_scope", [COUPON], "coupon"), ("product_search", [COUPON, ORDER], "product_search"),
])  # fmt: skip
def test_the_flow_of_a_wish(intent: str, mentions: list[tuple[EntityKind, str]], flow: str) -> None:
    view: Any = SimpleNamespace(marketplace=False, memory=Memory())
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in mentions)
    turn = Wishes(built_in_flows(), view)
    chosen = turn.flow_of(Segment("", 0, (IntentScore(intent, 0.9),), entities))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(("text", "flow"), [
    ("Sie können mich duzen!", "familiar_address"), ("Sie können mich duzen. Wo ist es?", "where_is_order"),
])  # fmt: skip
def test_a_form_of_address_is_answered_where_it_is_nearly_all_that_is_said(text: str, flow: str) -> None:
    wish = Entity(EntityKind.FORMALITY, "familiar", "Sie können mich duzen", 0, 21)
    view: Any = SimpleNamespace(marketplace=False, memory=Memory())
    segment = Segment(text, 0, (IntentScore("where_is_order", 0.9),), (wish,))
    chosen = Wishes(built_in_flows(), view).flow_of(segment)
    assert chosen is not None
    assert chosen.flow == flow


WHERE, PAYPAL, WINDOW = "where_is_order", topic("payment_methods"), topic("return_window")


@pytest.mark.parametrize(("parts", "flows"), [
    # Heard as one thing or another, a list of questions is answered by its topics.
    ([([("chargeback", 0.8)], [WINDOW, PAYPAL]), ([(WHERE, 0.9)], [ORDER])],
     ["where_is_order", "return_policy", "payment_policy"]),
    ([([("refund_status", 0.4)], [ORDER, WINDOW, PAYPAL])], ["where_is_order", "return_policy", "payment_policy"]),
    ([([("payment_policy", 0.9)], [ORDER, PAYPAL]), ([("return_policy", 0.9)], [WINDOW])],
     ["where_is_order", "return_policy", "payment_policy"]),
    # What is clearly wished for stays, and one topic is no list.
    ([([("return_item", 0.95)], [ORDER, WINDOW, PAYPAL])], ["return_item", "return_policy", "payment_policy"]),
    ([([("chargeback", 0.8)], [PAYPAL])], ["chargeback"]),
    ([([("payment_policy", 0.9)], [ORDER, PAYPAL])], ["change_payment"]),
    # An order beside two questions that need none: asked where it is, if that may well be meant.
    ([([("contact_info", 0.5), (WHERE, 0.2)], [ORDER]), ([("duties_policy", 0.9)], [])],
     ["where_is_order", "contact_info", "duties_policy"]),
    ([([("contact_info", 0.5)], [ORDER]), ([("duties_policy", 0.9)], [])], ["contact_info", "duties_policy"]),
])  # fmt: skip
def test_a_list_of_questions(
    parts: list[tuple[list[tuple[str, float]], list[tuple[EntityKind, str]]]], flows: list[str]
) -> None:
    segments = tuple(
        Segment(
            "", 0, tuple(IntentScore(*wish) for wish in wishes), tuple(Entity(k, v, v, 0, 1) for k, v in told)
        )
        for wishes, told in parts
    )
    entities = tuple(entity for segment in segments for entity in segment.entities)
    perception = Perception("", "en", True, segments, entities, None, False, Mood.CALM, 0.0, frozenset(), 0.0)
    view: Any = SimpleNamespace(marketplace=False, memory=Memory(), perception=perception, photo_alone=False)
    turn = Wishes(built_in_flows(), view)
    assert sorted(flow.flow for flow in turn.requests()) == sorted(flows)


@pytest.mark.parametrize(("text", "told", "flow"), [
    ("where is my amazon parcel", [], "wrong_shop"), ("where is my parcel", [], "where_is_order"),
    ("sent to the amazon locker?", [ORDER], "where_is_order"),
])  # fmt: skip
def test_a_parcel_of_another_shop_is_not_looked_for(
    text: str, told: list[tuple[EntityKind, str]], flow: str
) -> None:
    wishes = (IntentScore("where_is_order", 0.6), IntentScore("wrong_shop", 0.2))
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    segment = Segment(text, 0, wishes, entities)
    perception = Perception(
        text, "en", True, (segment,), entities, None, False, Mood.CALM, 0.0, frozenset(), 0.0
    )
    view: Any = SimpleNamespace(marketplace=False, memory=Memory(), perception=perception)
    chosen = Wishes(built_in_flows(), view).flow_of(segment)
    assert chosen is not None
    assert chosen.flow == flow


def seen(*entities: Entity, **changes: Any) -> Perception:
    segment = Segment("", 0, (IntentScore("never_mind", 0.7),), entities)
    return Perception(
        **{
            "text": "482913", "language": "en", "language_sure": True, "segments": (segment,), "entities": entities,
            "answer": None, "correction": False, "mood": Mood.CALM, "mood_score": 0.0, "signals": frozenset(),
            "injection": 0.0, **changes,
        }
    )  # fmt: skip


def turn_of(frames: list[Frame], perception: Perception) -> _FlowsTurn:
    view: Any = SimpleNamespace(
        marketplace=False,
        memory=Memory(frames=frames),
        perception=perception,
        code_mentioned=lambda: "482913",
    )
    return _FlowsTurn(built_in_flows(), view)


@pytest.mark.parametrize(
    ("open_question", "first"), [("lines", "open_claim"), ("order_number", "return_item")]
)
def test_a_code_goes_to_the_request_that_waits_for_it(open_question: str, first: str) -> None:
    code = Entity(EntityKind.ONE_TIME_CODE, "482913", "482913", 0, 6)
    frames = [Frame(flow="open_claim", waiting="code"), Frame(flow="return_item", waiting=open_question)]
    turn = turn_of(frames, seen(code))
    turn._take_up_code()
    assert turn._frames[-1].flow == first


def test_who_chooses_in_her_own_words_does_not_stop() -> None:
    asked = [Frame(flow="lost_parcel", waiting="claim_remedy")]
    assert turn_of(list(asked), seen())._wants_to_stop()
    chosen = seen(choices={"claim_remedy.replacement": 0.8, "none": 0.1})
    assert not turn_of(list(asked), chosen)._wants_to_stop()


@pytest.mark.parametrize(("told", "stops"), [
    ([], True), ([(EntityKind.COLOUR, "blue")], False), ([(EntityKind.RETURN_REASON, "too_small")], False),
    ([(EntityKind.RETURN_REASON, "changed_mind")], True),
])  # fmt: skip
def test_who_describes_the_thing_that_is_asked_for_does_not_stop(
    told: list[tuple[EntityKind, str]], stops: bool
) -> None:
    entities = (Entity(kind, value, value, 0, 1) for kind, value in told)
    asked = [Frame(flow="return_item", waiting="lines")]
    assert turn_of(asked, seen(*entities))._wants_to_stop() is stops


@pytest.mark.parametrize(("told", "other"), [([], False), ([(EntityKind.CLAIM_REMEDY, "refund")], True)])
def test_who_wants_something_says_no_yes_to_a_person(told: list[tuple[EntityKind, str]], other: bool) -> None:
    entities = (Entity(kind, value, value, 0, 1) for kind, value in told)
    assert turn_of([], seen(*entities))._wants_other() is other


@pytest.mark.parametrize(("told", "flows"), [([ORDER], ["where_is_order"]), ([], ["affirm"])])
def test_a_yes_to_nothing_that_names_an_order_asks_about_it(
    told: list[tuple[EntityKind, str]], flows: list[str]
) -> None:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    agreed = Segment("", 0, (IntentScore("affirm", 0.5),), entities)
    view: Any = SimpleNamespace(
        memory=Memory(), perception=seen(*entities, segments=(agreed,)), photo_alone=False
    )
    assert [flow.flow for flow in Wishes(built_in_flows(), view).requests()] == flows


@pytest.mark.parametrize(("told", "flow"), [
    ([ORDER, (EntityKind.WAY, "return")], "return_item"), ([(EntityKind.WAY, "return")], None),
    ([ORDER, (EntityKind.WAY, "exchange")], None), ([ORDER], None),
])  # fmt: skip
def test_words_bear_out_what_is_half_heard(told: list[tuple[EntityKind, str]], flow: str | None) -> None:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    intents = (IntentScore("affirm", 0.3), IntentScore("return_item", 0.2))
    turn = Wishes(built_in_flows(), SimpleNamespace(marketplace=False, memory=Memory()))  # type: ignore[arg-type]
    chosen = turn.flow_of(Segment("", 0, intents, entities))
    assert (chosen and chosen.flow) == flow


@pytest.mark.parametrize(("version", "flow"), [(False, "damaged_item"), (True, "exchange_item")])
def test_what_is_broken_is_swapped_by_a_claim_unless_another_version_is_named(
    version: bool, flow: str
) -> None:
    broken = Entity(EntityKind.RETURN_REASON, "damaged", "broken", 0, 6)
    size = (Entity(EntityKind.SIZE, "39", "39", 8, 10),) if version else ()
    turn = Wishes(built_in_flows(), SimpleNamespace(marketplace=False, memory=Memory()))  # type: ignore[arg-type]
    chosen = turn.flow_of(Segment("", 0, (IntentScore("exchange_item", 0.9),), (broken, *size)))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(
    ("likely", "also", "opening", "flow"),
    [("deny", "goodbye", None, "goodbye"), ("deny", "thanks", None, "deny"),
     ("thanks", "affirm", Answer.NO, "goodbye"), ("thanks", "affirm", None, "thanks")],
)  # fmt: skip
def test_a_no_with_a_farewell_takes_leave(likely: str, also: str, opening: Answer | None, flow: str) -> None:
    view: Any = SimpleNamespace(
        marketplace=False, memory=Memory(), perception=SimpleNamespace(leaning=opening)
    )
    intents = (IntentScore(likely, 0.7), IntentScore(also, 0.25))
    chosen = Wishes(built_in_flows(), view).flow_of(Segment("", 0, intents, ()))
    assert chosen is not None
    assert chosen.flow == flow


TOO_LARGE = (EntityKind.RETURN_REASON, "too_large")
RETURNS, MONEY = (EntityKind.WAY, "return"), (EntityKind.CLAIM_REMEDY, "refund")
FOOT = (EntityKind.MEASURE, "foot_length=24")
VERSION = [(EntityKind.COLOUR, "red"), (EntityKind.SIZE, "38")]


@pytest.mark.parametrize(("text", "flow"), [(f"tax no {MASK}", "customs_request"), ("tax", "duties_policy")])
def test_a_masked_number_for_customs_is_no_question_about_duties(text: str, flow: str) -> None:
    view: Any = SimpleNamespace(marketplace=False, memory=Memory())
    intents = (IntentScore("duties_policy", 0.7), IntentScore("customs_request", 0.2))
    chosen = Wishes(built_in_flows(), view).flow_of(Segment(text, 0, intents, ()))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(("likely", "also", "mentions", "flow"), [
    ("fits_differently", "size_advice", [FOOT], "size_advice"),
    ("fits_differently", "size_advice", [FOOT, ORDER], "fits_differently"),
    ("fits_differently", "size_advice", [FOOT, (EntityKind.FIT, "smaller")], "fits_differently"),
    ("fits_differently", "size_advice", [(EntityKind.MEASURE, "?=24")], "fits_differently"),
    ("fits_differently", "return_item", [FOOT], "fits_differently"),
    ("size_advice", "product_search", VERSION, "product_search"),
    ("size_advice", "product_search", [*VERSION, FOOT], "size_advice"),
    ("size_advice", "product_search", VERSION[:1], "size_advice"),
    ("where_is_order", "delivery_estimate", [AUSTRIA], "delivery_estimate"),
    ("where_is_order", "delivery_estimate", [AUSTRIA, ORDER], "where_is_order"),
    ("where_is_order", "delivery_estimate", [], "where_is_order"),
    ("shipping_policy", "delivery_estimate", [AUSTRIA, topic("shipping_time")], "delivery_estimate"),
    ("shipping_policy", "delivery_estimate", [AUSTRIA, topic("shipping_cost")], "shipping_policy"),
    ("wrong_shop", "shipping_policy", [AUSTRIA, topic("shipping_time")], "delivery_estimate"),
    ("where_is_order", "shipping_policy", [AUSTRIA, topic("shipping_time")], "where_is_order"),
    ("exchange_item", "product_search", VERSION, "product_search"),
    ("exchange_item", "product_search", [*VERSION, (EntityKind.WAY, "exchange")], "exchange_item"),
    ("exchange_item", "product_search", [*VERSION, ORDER], "exchange_item"),
    ("product_search", "size_advice", [FOOT], "size_advice"),
    ("wrong_shop", "product_search", VERSION, "product_search"),
    ("exchange_item", "return_item", [RETURNS], "return_item"),
    ("cancel_order", "return_item", [RETURNS], "return_item"),
    ("cancel_order", "return_item", [RETURNS, MONEY], "cancel_order"),
    ("exchange_item", "return_item", [RETURNS, *VERSION], "exchange_item"),
    ("product_search", "where_is_order", [ORDER], "where_is_order"),
    ("product_search", "where_is_order", [], "product_search"),
    ("greeting", "where_is_order", [ORDER], "where_is_order"),
    ("product_search", "exchange_item", [ORDER, TOO_LARGE], "product_search"),
    ("cash_on_delivery", "where_is_order", [], "cash_on_delivery"),
    ("change_order", "exchange_item", [ORDER], "change_order"),
])  # fmt: skip
def test_what_is_told_chooses_between_two_readings(
    likely: str, also: str, mentions: list[tuple[EntityKind, str]], flow: str
) -> None:
    view: Any = SimpleNamespace(marketplace=False, memory=Memory())
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in mentions)
    intents = (IntentScore(likely, 0.7), IntentScore(also, 0.2))
    chosen = Wishes(built_in_flows(), view).flow_of(Segment("", 0, intents, entities))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(("best", "also", "said", "flow"), [
    (("cash_on_delivery", 0.44), "change_order", "payment", "change_order"),
    (("cash_on_delivery", 0.8), "change_order", "payment", "courier_asks_money"),
    (("where_is_order", 0.34), "cancel_order", "cancel", "cancel_order"),
    (("change_order", 0.4), "where_is_order", "variant", "change_order"),
    (("exchange_item", 0.4), "change_order", "variant", "exchange_item"),
])  # fmt: skip
def test_what_is_said_to_happen_to_an_order_counts_where_nothing_is_heard_clearly(
    best: tuple[str, float], also: str, said: str, flow: str
) -> None:
    told = (ORDER, (EntityKind.CHANGE, said))
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    intents = (IntentScore(*best), IntentScore(also, 0.1))
    turn = Wishes(built_in_flows(), SimpleNamespace(marketplace=False, memory=Memory()))  # type: ignore[arg-type]
    chosen = turn.flow_of(Segment("", 0, intents, entities))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(("line1", "flow"), [("27 Derby Road", "change_address"), ("", None)])
def test_a_street_beside_an_order_is_where_it_should_go(line1: str, flow: str | None) -> None:
    view: Any = SimpleNamespace(
        memory=Memory(), market="GB", address=lambda text, country, asked: AddressTold(line1=line1)
    )
    intents = (IntentScore("out_of_scope", 0.8), IntentScore("change_address", 0.1))
    order = Entity(EntityKind.ORDER_NUMBER, "FH-20015", "FH-20015", 0, 8)
    chosen = Wishes(built_in_flows(), view).flow_of(Segment("", 0, intents, (order,)))
    assert (chosen and chosen.flow) == flow


@pytest.mark.parametrize(("guess", "also", "flows"), [
    (("talk_to_human", 0.5), ("exchange_item", 0.1), ["invoice"]),
    (("contact_info", 0.5), ("invoice", 0.4), ["invoice"]),
    (("contact_info", 0.5), ("coupon", 0.4), ["contact_info", "invoice"]),
    (("talk_to_human", 0.9), ("invoice", 0.1), ["invoice", "talk_to_human"]),
])  # fmt: skip
def test_a_guess_beside_a_sure_wish_is_no_wish_of_its_own(
    guess: tuple[str, float], also: tuple[str, float], flows: list[str]
) -> None:
    segments = (
        Segment("", 0, (IntentScore("invoice", 1.0),), ()),
        Segment("", 9, (IntentScore(*guess), IntentScore(*also)), ()),
    )
    view: Any = SimpleNamespace(
        marketplace=False, memory=Memory(), perception=seen(segments=segments), photo_alone=False
    )
    assert sorted(flow.flow for flow in Wishes(built_in_flows(), view).requests()) == flows


def test_a_plain_no_in_two_sentences_stops() -> None:
    asked = [Frame(flow="return_item", waiting="lines")]
    two = tuple(Segment("", 0, (IntentScore(each, 0.9),), ()) for each in ("never_mind", "return_item"))
    assert turn_of(asked, seen(segments=two, answer=Answer.NO))._wants_to_stop()


@pytest.mark.parametrize(("request_name", "told", "answers"), [
    ("return_cost", (EntityKind.POLICY_TOPIC, "return_cost"), False),
    ("return_item", (EntityKind.RETURN_REASON, "too_small"), True),
    ("where_is_order", (EntityKind.RETURN_REASON, "too_small"), False),
])  # fmt: skip
def test_what_answers_an_open_question_is_no_request(
    request_name: str, told: tuple[EntityKind, str], answers: bool
) -> None:
    entity = Entity(*told, told[1], 0, 1)
    sure = (Segment("", 0, (IntentScore(request_name, 0.9),), (entity,)),)
    turn = turn_of([Frame(flow="exchange_item", waiting="confirm")], seen(entity, text="x", segments=sure))
    flows = built_in_flows()
    walk: Any = SimpleNamespace(
        flow=flows["exchange_item"], question=Clarify(Phrase("confirm.ask"), (Phrase("confirm.yes"),))
    )
    assert turn._answers(walk, flows[request_name]) is answers


@pytest.mark.parametrize(("best", "also", "told", "flow"), [
    (("refund_status", 0.6), ("where_is_order", 0.3), [ORDER], "where_is_order"),
    (("refund_status", 0.6), ("where_is_order", 0.3), [ORDER, (EntityKind.CLAIM_REMEDY, "refund")], "refund_status"),
    (("refund_status", 0.6), ("where_is_order", 0.1), [ORDER], "refund_status"),
    (("change_order", 0.4), ("where_is_order", 0.2), [ORDER], "where_is_order"),
    (("exchange_item", 0.34), ("product_search", 0.3), [ORDER, (EntityKind.RETURN_REASON, "too_large")], "exchange_item"),
    (("already_wrote", 0.5), ("where_is_order", 0.4), [ORDER], "where_is_order"),
    (("already_wrote", 0.8), ("where_is_order", 0.1), [ORDER], "already_wrote"),
])  # fmt: skip
def test_a_guess_that_no_word_supports_gives_way(
    best: tuple[str, float], also: tuple[str, float], told: list[tuple[EntityKind, str]], flow: str
) -> None:
    entities = tuple(Entity(kind, value, value, 0, 1) for kind, value in told)
    turn = Wishes(built_in_flows(), SimpleNamespace(marketplace=False, memory=Memory()))  # type: ignore[arg-type]
    chosen = turn.flow_of(Segment("", 0, (IntentScore(*best), IntentScore(*also)), entities))
    assert chosen is not None
    assert chosen.flow == flow


@pytest.mark.parametrize(("waiting", "flow"), [("confirm", "refund_time"), ("code", "refund_status")])
def test_when_the_money_of_a_proposal_comes_is_a_question_about_the_rule(waiting: str, flow: str) -> None:
    view: Any = SimpleNamespace(
        marketplace=False, memory=Memory(frames=[Frame(flow="cancel_order", waiting=waiting)])
    )
    chosen = Wishes(built_in_flows(), view).flow_of(Segment("", 0, (IntentScore("refund_status", 0.7),), ()))
    assert chosen is not None
    assert chosen.flow == flow
