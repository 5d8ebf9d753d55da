"""How one part of a message may be read, by its words and by what is told in it."""

from __future__ import annotations

import re

from agent.flows import MAY_WELL
from commerce.models import ReturnReason
from nlu.masking import MASK
from nlu.measurements import HEIGHT, UNKNOWN, WEIGHT
from nlu.perception import OUT_OF_SCOPE, EntityKind, IntentScore, Segment
from tools.fit import Way

QUESTION_MARK = re.compile("[?？؟]")
CLEARLY = 0.6
MAY_LEAVE = 0.2
"""How probable a farewell is at least beside a no, and another reading beside a guess."""
OUTWEIGHS = 0.9
"""How sure it is that a part of such a list asks for something else than its topics."""
NUMBERS = (EntityKind.ORDER_NUMBER, EntityKind.TRACKING_NUMBER)
IDENTIFIERS = (*NUMBERS, EntityKind.EMAIL, EntityKind.POSTCODE)
MEASURED = ("fits_differently", "exchange_item", "change_order", "product_search")
"""What is asked about a size that was bought or about goods; of one who measures herself it is rarely meant."""
GIVEN_UP = ("exchange_item", "cancel_order")
"""What a return is easily taken for."""
NAMES_NO_ORDER = ("product_search", "greeting", "thanks", "small_talk")
"""What nobody says of an order that she names."""
OF_A_PIECE = ("exchange_item", "return_item", "fits_differently")
"""Wishes whose flows find out themselves that the order can still be changed."""
CANCEL = "cancel"
VERY_CLEARLY = 0.7
OF_MONEY = {EntityKind.CLAIM_REMEDY, EntityKind.WAY, EntityKind.POLICY_TOPIC}
"""One of which is named by who asks for money back: "when will it be here?" speaks of none."""
MAY_CHANGE = 0.5
NAMES_A_CHANGE = {EntityKind.CHANGE, EntityKind.QUANTITY, EntityKind.PAYMENT_METHOD}
"""One of which is named by who wants something changed, if it is but guessed that she does."""
GUESSED = ("cancel_order", "change_order")
"""What is taken for the wish of one who says that a parcel is not there and names no change of the order."""
UNFITTING = ("exchange_item", "product_search", "size_advice")
"""What is heard of one who tells that her order does not fit and names no wish."""
OF_ITS_SIZE = {ReturnReason.TOO_LARGE, ReturnReason.TOO_SMALL}
CHANGED = {"payment", "remove", "quantity", "variant"}
"""What is said to change of an order, enough for a change of it where nothing else is heard clearly."""
HALF_HEARD = 0.15
"""How probable a reading is at least that the words bear out."""
OF_A_DELIVERY = ("where_is_order", "shipping_policy", "wrong_shop")
"""What is heard of one who names a country and no order, and asks when it would arrive there."""
VERSIONS = (EntityKind.COLOUR, EntityKind.SIZE, EntityKind.SIZE_STEP)


def withdraws_from(segment: Segment) -> bool:
    """She gives up the contract, in the words of the law; who asks about its rules or her bank does something else."""
    ordered = any(entity.kind in NUMBERS for entity in segment.entities)
    asks = QUESTION_MARK.search(segment.text) or segment.intents[0].intent == "return_policy"
    best = segment.intents[0]
    consent = best.intent == "privacy" and best.probability >= OUTWEIGHS
    elsewhere = consent or "chargeback" in topics(segment)
    return _says(segment, ReturnReason.WITHDRAWAL) and (ordered or not (asks or elsewhere))


def _says(segment: Segment, reason: ReturnReason) -> bool:
    return any(e.kind is EntityKind.RETURN_REASON and e.value == reason for e in segment.entities)


def broken(segment: Segment) -> bool:
    """Goods are said to be broken, and what she wants for them is anybody's guess."""
    best = segment.intents[0]
    # Who swaps what is broken wants the same again; another size or colour is an exchange.
    same_again = best.intent == "exchange_item" and not any(e.kind in VERSIONS for e in segment.entities)
    damaged = _says(segment, ReturnReason.DAMAGED)
    return damaged and best.intent != OUT_OF_SCOPE and (best.probability < CLEARLY or same_again)


def wants_size(segment: Segment, exchange: str) -> bool:
    """ "The shoes of FH-10007 in 38": she who has ordered them looks for nothing, and gives no measures of hers."""
    kinds = {entity.kind for entity in segment.entities}
    likely = next((each.probability for each in segment.intents if each.intent == exchange), 0.0)
    said = EntityKind.SIZE in kinds and EntityKind.ORDER_NUMBER in kinds and EntityKind.MEASURE not in kinds
    return said and likely >= MAY_WELL


def may_be(segment: Segment) -> set[str]:
    """What else may well be meant beside the likeliest."""
    return {other.intent for other in segment.intents[1:] if other.probability >= MAY_WELL}


def said_plainly(segment: Segment) -> str | None:
    """The second reading, where the words name it and not the likeliest: "can I return them" is no exchange."""
    best, others = segment.intents[0], may_be(segment)
    kinds = {entity.kind for entity in segment.entities}
    ways = {entity.value for entity in segment.entities if entity.kind is EntityKind.WAY}
    changes = {entity.value for entity in segment.entities if entity.kind is EntityKind.CHANGE}
    ordered = EntityKind.ORDER_NUMBER in kinds
    if kinds & set(VERSIONS):
        return _change_named(best, others, changes) if ordered else None
    money = best.intent == "cancel_order" and EntityKind.CLAIM_REMEDY in kinds
    returns = ways == {Way.RETURN} and CANCEL not in changes and not money
    if best.intent in GIVEN_UP and returns and "return_item" in others:
        return "return_item"
    swaps = ways == {Way.EXCHANGE} and best.intent == "change_order" and best.probability < CLEARLY
    if ordered and swaps and "exchange_item" in others:
        return "exchange_item"
    reasons = {entity.value for entity in segment.entities if entity.kind is EntityKind.RETURN_REASON}
    doubtful = best.probability < CLEARLY and best.intent in UNFITTING and not ways
    if ordered and doubtful and reasons & OF_ITS_SIZE and "exchange_item" in {best.intent, *others}:
        return "exchange_item"
    beside = best.intent in NAMES_NO_ORDER or (best.intent == "already_wrote" and best.probability < CLEARLY)
    if beside and ordered and "where_is_order" in others:
        return "where_is_order"
    missed = EntityKind.ARRIVED in kinds and best.intent in GUESSED and not kinds & NAMES_A_CHANGE
    if ordered and missed and "where_is_order" in others:
        return "where_is_order"
    if best.intent == "change_order" and best.probability < MAY_CHANGE and not kinds & NAMES_A_CHANGE:
        return "where_is_order" if ordered and "where_is_order" in others else None
    if (
        ordered
        and best.intent == "refund_status"
        and best.probability < VERY_CLEARLY
        and not kinds & OF_MONEY
    ):
        likely = {each.intent: each.probability for each in segment.intents}
        return "where_is_order" if likely.get("where_is_order", 0.0) >= MAY_LEAVE else None
    return _change_named(best, others, changes) if ordered else None


def _change_named(best: IntentScore, others: set[str], changes: set[str]) -> str | None:
    """What is said to happen to an order, where nothing else is heard clearly."""
    if best.probability >= CLEARLY or best.intent in OF_A_PIECE:
        return None
    if CANCEL in changes and "cancel_order" in {best.intent, *others}:
        return "cancel_order"
    return "change_order" if changes & CHANGED and "change_order" in others else None


def fitting_better(segment: Segment) -> str | None:
    """The reading that what is told fits better than the likeliest one: a foot's length, no order, asks for a size."""
    told = {entity.kind for entity in segment.entities}
    if told & set(IDENTIFIERS):
        return None
    best, others = segment.intents[0].intent, may_be(segment)
    measured = any(
        e.kind is EntityKind.MEASURE and not e.value.startswith((UNKNOWN, WEIGHT, HEIGHT))
        for e in segment.entities
    )
    complains = any(e.kind is EntityKind.FIT and e.value != "like" for e in segment.entities)
    if measured and not complains and best in MEASURED and "size_advice" in others:
        return "size_advice"
    if EntityKind.COUNTRY in told and best in OF_A_DELIVERY and _asks_when(segment):
        return "delivery_estimate"
    if best == "duties_policy" and "customs_request" in others and MASK in segment.text:
        # Who tells a number that is masked wants it passed on.
        return "customs_request"
    version = {EntityKind.COLOUR, EntityKind.SIZE} <= told
    # Who says nothing of a swap asks whether it is there.
    looks = best in ("size_advice", "wrong_shop") or (best == "exchange_item" and EntityKind.WAY not in told)
    if version and not measured and looks and "product_search" in others:
        return "product_search"
    return None


def _asks_when(segment: Segment) -> bool:
    """Whether it may be asked how long a delivery takes; of an order that is there it is not, unless half heard."""
    best = segment.intents[0].intent
    if best != "where_is_order" and "shipping_time" in topics(segment):
        return True
    heard = any(w.intent == "delivery_estimate" and w.probability >= HALF_HEARD for w in segment.intents)
    return heard and best != "shipping_policy"


def coupon_code(segment: Segment) -> str | None:
    """The code that is named, where no order is: the total of an order is not asked about a coupon."""
    if any(entity.kind in NUMBERS for entity in segment.entities):
        return None
    return next((e.value for e in segment.entities if e.kind is EntityKind.COUPON_CODE), None)


def nothing_but(segment: Segment, kind: EntityKind) -> bool:
    return any(entity.kind is kind and entity.text == segment.text.strip() for entity in segment.entities)


def topics(segment: Segment) -> list[str]:
    """The policy topics that are named; who names one country does not ask for the list of them."""
    countries = any(entity.kind is EntityKind.COUNTRY for entity in segment.entities)
    named = [entity.value for entity in segment.entities if entity.kind is EntityKind.POLICY_TOPIC]
    return [topic for topic in named if not (countries and topic == "shipping_countries")]
