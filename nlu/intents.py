"""What the customer wants: the intents, and their head."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import numpy as np

from nlu.heads import FusedHead, Scores, heads_folder
from nlu.perception import OUT_OF_SCOPE, IntentScore, TextVectors


class Intent(StrEnum):
    """What a message may ask for. Policies are questions about rules; items are acts on an order."""

    WHERE_IS_ORDER = "where_is_order"
    LIST_ORDERS = "list_orders"
    DELIVERY_ESTIMATE = "delivery_estimate"
    RETURN_ITEM = "return_item"
    RETURN_POLICY = "return_policy"
    REFUND_STATUS = "refund_status"
    EXCHANGE_ITEM = "exchange_item"
    CANCEL_ORDER = "cancel_order"
    CHANGE_ORDER = "change_order"
    CHANGE_ADDRESS = "change_address"
    DAMAGED_ITEM = "damaged_item"
    WRONG_OR_MISSING_ITEM = "wrong_or_missing_item"
    NOT_RECEIVED = "not_received"
    SHIPPING_POLICY = "shipping_policy"
    DUTIES_POLICY = "duties_policy"
    PAYMENT_POLICY = "payment_policy"
    PAYMENT_PROBLEM = "payment_problem"
    WARRANTY_POLICY = "warranty_policy"
    SIZE_ADVICE = "size_advice"
    FITS_DIFFERENTLY = "fits_differently"
    PRODUCT_SEARCH = "product_search"
    PRODUCT_QUESTION = "product_question"
    COUPON = "coupon"
    PARCEL_FEE_MESSAGE = "parcel_fee_message"
    CUSTOMS_REQUEST = "customs_request"
    UNDER_DECLARE = "under_declare"
    CASH_ON_DELIVERY = "cash_on_delivery"
    GIFT_RECIPIENT = "gift_recipient"
    REVIEW_BARGAIN = "review_bargain"
    CHARGEBACK = "chargeback"
    ALREADY_WROTE = "already_wrote"
    WRONG_SHOP = "wrong_shop"
    INVOICE = "invoice"
    PRIVACY = "privacy"
    CONTACT_INFO = "contact_info"
    TALK_TO_HUMAN = "talk_to_human"
    COMPLAINT = "complaint"
    ARE_YOU_A_BOT = "are_you_a_bot"
    SMALL_TALK = "small_talk"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    AFFIRM = "affirm"
    DENY = "deny"
    NEVER_MIND = "never_mind"
    OUT_OF_SCOPE = OUT_OF_SCOPE


SOCIAL = frozenset({Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.AFFIRM, Intent.DENY})
"""Intents that are no request beside a request."""

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({Intent.WHERE_IS_ORDER, Intent.NOT_RECEIVED, Intent.DELIVERY_ESTIMATE, Intent.LIST_ORDERS}),
    frozenset({Intent.WHERE_IS_ORDER, Intent.NOT_RECEIVED, Intent.WRONG_OR_MISSING_ITEM}),
    frozenset(
        {
            Intent.RETURN_ITEM,
            Intent.DAMAGED_ITEM,
            Intent.WRONG_OR_MISSING_ITEM,
            Intent.EXCHANGE_ITEM,
            Intent.REFUND_STATUS,
            Intent.CANCEL_ORDER,
            Intent.CHANGE_ORDER,
            Intent.FITS_DIFFERENTLY,
        }
    ),
)
"""Acts that neighbouring sentences of one story fall into; the whole message tells which is meant."""

KEPT = 5


class IntentHead:
    """Scores texts by the trained head."""

    def __init__(self, path: Path | None = None) -> None:
        self._head = FusedHead.load(path or heads_folder() / "intents.npz")

    @property
    def labels(self) -> tuple[str, ...]:
        return self._head.labels

    def scores(self, vectors: TextVectors, text: str, language: str) -> Scores:
        """Log-probabilities in the order of `labels`."""
        return self._head.log_probabilities(vectors, text, language)

    def ranked(self, scores: Scores) -> tuple[IntentScore, ...]:
        """The most probable intents, best first."""
        best = np.argsort(-scores, kind="stable")[:KEPT]
        return tuple(IntentScore(self.labels[i], round(float(np.exp(scores[i])), 4)) for i in best)
